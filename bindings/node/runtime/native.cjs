'use strict';

// The native part is a package of its own for each platform, of which npm installs the one that fits.

const { arch, platform } = process;

/** The platforms that there is a package for, as npm names them. */
const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-x64-gnu', 'win32-x64-msvc'];

function platformName() {
  if (platform === 'win32') return `win32-${arch}-msvc`;
  return platform === 'linux' ? `linux-${arch}-gnu` : `${platform}-${arch}`;
}

/** Slow, so asked only once something is wrong. */
function isMusl() {
  return platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}

function load() {
  const { name, version } = require('../package.json');
  const chosen = platformName();
  const wanted = `${name}-${chosen}`;
  if (!PLATFORMS.includes(chosen)) throw unknown(name, chosen);
  let found;
  try {
    found = require(`${wanted}/package.json`).version;
  } catch (cause) {
    if (isMusl()) throw unknown(name, `linux-${arch}-musl`);
    throw new Error(
      `\`${wanted}\`, the native part of ${name} for this platform, is not installed; run \`npm install\` again ` +
        `without \`--omit=optional\`, and on this platform if node_modules was copied, or run \`npm install ${wanted}@${version}\``,
      { cause },
    );
  }
  if (found !== version) {
    throw new Error(`\`${wanted}\` is of version ${found} and ${name} of ${version}; run \`npm install ${wanted}@${version}\``);
  }
  try {
    return require(wanted);
  } catch (cause) {
    if (isMusl()) throw unknown(name, `linux-${arch}-musl`);
    throw new Error(
      `\`${wanted}\` does not load: ${cause.message}; on Linux it needs glibc 2.34 or later, as Debian 12 and Ubuntu 22.04 have`,
      { cause },
    );
  }
}

function unknown(name, platform) {
  return new Error(
    `${name} has no native part for ${platform}; it runs on ${PLATFORMS.join(', ')}. ` +
      'Its HTTP API can be called from anywhere: openapi.json of the project describes it',
  );
}

module.exports = load();
