//! The Regions that settings name by the way: a pool by its id, a queue by its URL.

use url::Url;

use super::Faults;

/// What has to be of one Region.
pub(super) struct Regions<'a> {
    /// The Region that is set.
    pub(super) ours: &'a str,
    pub(super) faults: &'a mut Faults,
}

impl Regions<'_> {
    /// The Region that an address of AWS names. Others name none, whatever they look like.
    pub(super) fn in_url(url: &str) -> Option<String> {
        let host = Url::parse(url).ok()?.host_str()?.to_owned();
        let is_of_aws = host.split('.').any(|label| label == "amazonaws") || host.ends_with(".api.aws");
        host.split('.').find(|label| is_of_aws && is_region(label)).map(str::to_owned)
    }

    pub(super) fn check_url(&mut self, url: &str, variable: &str) {
        if let Some(region) = Self::in_url(url) {
            self.check(&region, variable);
        }
    }

    pub(super) fn check(&mut self, region: &str, variable: &str) {
        let ours = self.ours;
        if ![region, ours].contains(&"") && region != ours {
            self.faults.add(variable, &format!("is of the Region `{region}`, and AWS_REGION is `{ours}`"));
        }
    }
}

/// Whether a text is written like a Region: `eu-central-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let (Some(number), true) = (parts.last(), parts.len() >= 3) else { return false };
    let words = &parts[..parts.len() - 1];
    number.parse::<u8>().is_ok()
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_known_by_its_form() {
        for region in ["eu-central-1", "us-gov-west-1", "ap-southeast-5", "us-isob-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for other in ["", "eu", "eu-central", "eu-central-1a", "EU-Central-1", "sqs-fips", "eu--1", "eu-central-1\n"] {
            assert!(!is_region(other), "{other}");
        }
    }
}
