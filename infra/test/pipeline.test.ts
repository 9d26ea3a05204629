// One assertion for each fault that the pipeline of the original design had, and for what a pipeline may never do.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { job, jobs, NAMES, ROOT, shell, step, steps, text, workflow } from './workflows.ts';

const LOCK = 'infra/package-lock.json';

test('what a step says is read from a step that has that id, and an output of a job is declared', () => {
  for (const file of NAMES) {
    const { jobs } = workflow(file);
    for (const [name, job] of Object.entries(jobs)) {
      const ids = new Set((job.steps ?? []).map(({ id }) => id));
      const written = JSON.stringify(job);
      for (const [, id] of written.matchAll(/\bsteps\.([\w-]+)\./g)) assert.ok(ids.has(id), `${file}: ${name}: ${id}`);
      for (const [, other, output] of written.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        assert.ok(jobs[other ?? '']?.outputs?.[output ?? ''], `${file}: ${name}: ${other}.${output}`);
        assert.ok([job.needs].flat().includes(other), `${file}: ${name} does not wait for ${other}`);
      }
    }
  }
});

test('the tag that is pushed is the commit, and what is deployed is the digest that the registry has under it', () => {
  const push = step('deploy.yml', 'push', 'Push');
  assert.equal(push.env?.['COMMIT'], '${{ github.sha }}');
  assert.match(push.run ?? '', /docker push --quiet "\$\{REGISTRY\}\/\$\{REPOSITORY\}:\$\{COMMIT\}"/);
  assert.match(push.run ?? '', /pushed\.sh "\$\{REPOSITORY\}" "\$\{COMMIT\}"/);
  for (const stage of ['dev', 'prod']) {
    const given = (job('deploy.yml', stage) as { with?: Record<string, string> }).with;
    assert.equal(given?.['digest'], '${{ needs.push.outputs.digest }}');
    assert.equal(given?.['commit'], '${{ github.sha }}');
    assert.equal(given?.['stage'], stage);
  }
  assert.equal(step('stage.yml', 'deploy', 'Deploy').env?.['DIGEST'], '${{ steps.image.outputs.digest }}');
  assert.match(text('.github/scripts/deploy.sh'), /--context "imageDigest=\$\{digest\}"/);
});

test('the image is built once, and each stage gets the same', () => {
  const builds = steps().filter(({ thing }) => thing.uses?.startsWith('docker/build-push-action@'));
  assert.deepEqual(builds.map(({ where }) => where), ['deploy.yml: image: Build']);
  for (const { where, thing } of shell()) assert.doesNotMatch(thing, /docker (buildx )?build\b/, where);
});

test('what is set goes to the program as context, not as a parameter of CloudFormation', () => {
  for (const { where, thing } of shell()) assert.doesNotMatch(thing, /--parameters/, where);
  const settings = [...text('.github/scripts/deploy.sh').matchAll(/--context "(\w+)=/g)].map(([, name]) => name);
  assert.deepEqual(settings, ['stage', 'imageRepository', 'imageDigest']);
});

test('the registry is there before the push that needs it: no workflow that pushes makes it', () => {
  const makers = shell().filter(({ thing }) => thing.includes('${ECR_STACK}"') && thing.includes('cdk deploy'));
  assert.deepEqual(makers.map(({ where }) => where), ['bootstrap.yml: registry: Make the registry']);
  assert.deepEqual(Object.keys(workflow('bootstrap.yml').on), ['workflow_dispatch']);
});

test('a job may ask for a token of its identity where it takes on a role, and only there', () => {
  const needing = /configure-aws-credentials|gh-action-pypi-publish|crates-io-auth-action|actions\/attest@/;
  for (const { where, thing } of jobs()) {
    const uses = (thing.steps ?? []).some(({ uses, run }) => needing.test(uses ?? '') || /npm publish|publish-npm/.test(run ?? ''));
    const called = thing.uses?.endsWith('/stage.yml') ?? false;
    assert.equal(thing.permissions?.['id-token'] === 'write', uses || called, where);
  }
});

test('no step has a key of AWS or a token of a registry that is kept', () => {
  for (const name of NAMES) {
    const secrets = [...text(`.github/workflows/${name}`).matchAll(/\bsecrets\.(\w+)/g)].map(([, secret]) => secret);
    for (const secret of secrets) assert.match(secret ?? '', /^SMOKE_(EMAIL|PASSWORD)$/, name);
    assert.doesNotMatch(text(`.github/workflows/${name}`), /aws-secret-access-key|secrets: inherit/, name);
  }
});

test("the CDK's command line is that of the lock file, and of the version that works", () => {
  const { packages } = JSON.parse(text(LOCK)) as { packages: Record<string, { version?: string }> };
  assert.equal(packages['node_modules/aws-cdk']?.version, '2.1148.1');
  for (const { where, thing } of shell()) {
    assert.doesNotMatch(thing, /npm (i|install|add) (.* )?(-g|--global)|npx (?!--no-install )/, where);
    assert.doesNotMatch(thing.replaceAll('npx --no-install cdk', ''), /(^|\s)cdk (deploy|synth|bootstrap)/m, where);
  }
});

test('what is installed before a build or a synth is all of the lock file', () => {
  for (const { where, thing } of shell()) {
    assert.doesNotMatch(thing, /--omit[= ]dev|--production|--only[= ]prod|NODE_ENV=production/, where);
    for (const line of thing.split('\n')) {
      if (/^\s*npm ci/.test(line)) assert.equal(line.trim(), 'npm ci --ignore-scripts', where);
      assert.doesNotMatch(line, /npm (i|install)(\s|$)/, where);
    }
  }
});

test('the image is one image of one architecture, without what makes an index of it', () => {
  const given = step('deploy.yml', 'image', 'Build').with;
  assert.deepEqual([given?.['provenance'], given?.['sbom']], [false, false]);
  assert.equal(given?.['platforms'], 'linux/arm64');
  assert.equal(job('deploy.yml', 'image')['runs-on'], 'ubuntu-24.04-arm');
  assert.equal(step('deploy.yml', 'push', 'Attest where it was built').with?.['push-to-registry'], false);
});

test('who pushes, who deploys and who makes the registry are three roles, of environments of their own', () => {
  const roles = steps().filter(({ thing }) => thing.uses?.startsWith('aws-actions/configure-aws-credentials@'));
  const found = roles.map(({ where, thing }) => [where.split(':', 2).join(':'), thing.with?.['role-to-assume']]);
  assert.deepEqual(Object.fromEntries(found), {
    'bootstrap.yml: registry': '${{ vars.AWS_BOOTSTRAP_ROLE_ARN }}',
    'deploy.yml: push': '${{ vars.AWS_PUSH_ROLE_ARN }}',
    'stage.yml: deploy': '${{ vars.AWS_DEPLOY_ROLE_ARN }}',
  });
  assert.equal(job('bootstrap.yml', 'registry').environment?.name, 'bootstrap');
  assert.equal(job('deploy.yml', 'push').environment?.name, 'registry');
  assert.equal(job('stage.yml', 'deploy').environment?.name, '${{ inputs.stage }}');
  for (const { where, thing } of roles) assert.ok(thing.with?.['allowed-account-ids'], where);
});

test('what builds has neither a role nor a cache', () => {
  assert.deepEqual(job('deploy.yml', 'image').permissions, { contents: 'read' });
  assert.equal(step('deploy.yml', 'image', 'Build').with?.['no-cache'], true);
  const caching = steps().filter(({ thing }) => thing.uses?.startsWith('actions/cache@'));
  assert.deepEqual(new Set(caching.map(({ where }) => where.split(':')[0])), new Set(['ci.yml']));
});

test('a deployment is never cancelled, and none comes between a failed one and its rollback', () => {
  for (const file of ['bootstrap.yml', 'deploy.yml', 'rollback.yml', 'release.yml']) {
    assert.equal(workflow(file).concurrency?.['cancel-in-progress'], false, file);
  }
  const { concurrency } = job('stage.yml', 'deploy');
  assert.deepEqual(concurrency, { group: 'stage-${{ inputs.stage }}', 'cancel-in-progress': false, queue: 'max' });
  assert.deepEqual(Object.keys(workflow('stage.yml').jobs), ['deploy'], 'one job holds the group to the end');
});

test('a deployment is looked at, and what was live is put back by its digest where it does not work', () => {
  const order = (job('stage.yml', 'deploy').steps ?? []).map(({ id }) => id).filter(Boolean);
  assert.deepEqual(order, ['image', 'before', 'deploy', 'again', 'after', 'smoke', 'previous', 'source', 'rollback']);
  const smoke = step('stage.yml', 'deploy', 'Look whether it works');
  assert.match(smoke.run ?? '', /live\.sh --strict[\s\S]*smoke\.py "\$\{url\}" --contract next\/openapi\.json/);
  assert.match(step('stage.yml', 'deploy', 'Find the commit that was live').if ?? '', /failure\(\) && steps\.smoke\.outcome == 'failure'/);
  const rollback = step('stage.yml', 'deploy', 'Roll back');
  assert.equal(rollback.env?.['DIGEST'], '${{ steps.before.outputs.digest }}');
  assert.match(rollback.run ?? '', /deploy\.sh previous "\$\{STAGE\}" "\$\{REPOSITORY\}" "\$\{DIGEST\}"[\s\S]*smoke\.py/);
});

test('what is rolled back to is a commit that was found and checked out, and never what happens to be there', () => {
  // A command within `echo` fails unseen; an empty `ref` of a checkout is the newest commit, which is what did not work.
  for (const { where, thing } of shell()) {
    for (const line of thing.split('\n')) {
      if (/GITHUB_(OUTPUT|ENV|STEP_SUMMARY)/.test(line)) assert.doesNotMatch(line, /\$\(/, where);
    }
  }
  const source = step('stage.yml', 'deploy', 'Check out that commit');
  assert.match(source.if ?? '', /steps\.previous\.outcome == 'success' && steps\.previous\.outputs\.commit != ''/);
  assert.equal(source.with?.['ref'], '${{ steps.previous.outputs.commit }}');
  assert.match(step('stage.yml', 'deploy', 'Roll back').if ?? '', /steps\.source\.outcome == 'success'/);
});

test('a stop of the shell in a step is one of the step', () => {
  const { run = '' } = step('stage.yml', 'deploy', 'Find the commit that was live');
  const place = mkdtempSync(join(tmpdir(), 'step-'));
  mkdirSync(join(place, '.github/scripts'), { recursive: true });
  const told = (script: string) => {
    writeFileSync(join(place, '.github/scripts/commit.sh'), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
    writeFileSync(join(place, 'output'), '');
    // As GitHub calls it where no shell is named.
    const env = { PATH: process.env['PATH'], REPOSITORY: 'shelf', DIGEST: 'sha256:0f', GITHUB_OUTPUT: join(place, 'output') };
    const { status } = spawnSync('bash', ['-e', '-c', run], { cwd: place, env });
    return [status === 0, readFileSync(join(place, 'output'), 'utf8')];
  };
  assert.deepEqual(told('echo abc'), [true, 'commit=abc\n']);
  assert.deepEqual(told('exit 1'), [false, '']);
  assert.deepEqual(told('true'), [false, '']);
  rmSync(place, { recursive: true });
});

test('what failed to deploy and is live all the same is looked at like any other', () => {
  const looks = step('stage.yml', 'deploy', 'Look what is live where the deployment failed');
  assert.match(looks.if ?? '', /!cancelled\(\) && steps\.deploy\.outcome == 'failure'/);
  const smoke = step('stage.yml', 'deploy', 'Look whether it works').if ?? '';
  assert.match(smoke, /!cancelled\(\) && \(steps\.deploy\.outcome == 'success'\s+\|\| \(steps\.after\.outcome == 'success' && /);
  assert.match(smoke, /steps\.after\.outputs\.digest == steps\.image\.outputs\.digest\)\)/);
});

test('a session of the role outlasts what is done by it, and the job all of its steps', () => {
  const list = job('stage.yml', 'deploy').steps ?? [];
  const sessions = list.flatMap(({ uses, with: given }, at) => (uses?.includes('configure-aws-credentials@') ? [{ at, seconds: Number(given?.['role-duration-seconds']) }] : []));
  assert.equal(sessions.length, 2);
  for (const [number, { at, seconds }] of sessions.entries()) {
    const until = sessions[number + 1]?.at ?? list.length;
    const long = list.slice(at, until).reduce((sum, step) => sum + (step['timeout-minutes'] ?? 0), 0);
    assert.ok(long > 0 && long * 60 < seconds, `${long} minutes in a session of ${seconds} s`);
  }
  for (const id of ['deploy', 'smoke', 'rollback']) assert.ok(list.find((step) => step.id === id)?.['timeout-minutes'], id);
  const all = list.reduce((sum, step) => sum + (step['timeout-minutes'] ?? 0), 0);
  assert.ok((job('stage.yml', 'deploy')['timeout-minutes'] ?? 0) >= all + 10, `${all} minutes of steps`);
});

test('prod, where something was live, is not deployed before somebody can sign in for the smoke test', () => {
  const list = job('stage.yml', 'deploy').steps ?? [];
  const at = list.findIndex(({ name }) => name === 'Look whether somebody can sign in');
  assert.ok(at > list.findIndex(({ id }) => id === 'before') && at < list.findIndex(({ id }) => id === 'deploy'));
  assert.equal(list[at]?.if, "${{ inputs.stage == 'prod' && steps.before.outputs.digest != '' }}");
  const code = (env: Record<string, string>) =>
    spawnSync('bash', ['-e', '-c', list[at]?.run ?? ''], { env: { PATH: process.env['PATH'], STAGE: 'prod', SMOKE_EMAIL: '', SMOKE_PASSWORD: '', ...env } }).status;
  assert.deepEqual([code({}), code({ SMOKE_EMAIL: 'a' }), code({ SMOKE_PASSWORD: 'b' })], [1, 1, 1]);
  assert.equal(code({ SMOKE_EMAIL: 'a', SMOKE_PASSWORD: 'b' }), 0);
});

test('only the main branch is deployed, and it is tested before', () => {
  assert.match(job('deploy.yml', 'test').if ?? '', /github\.ref == 'refs\/heads\/main'/);
  const order = Object.entries(workflow('deploy.yml').jobs).map(([name, { needs }]) => [name, needs]);
  assert.deepEqual(order, [['test', undefined], ['image', 'test'], ['push', 'image'], ['dev', 'push'], ['prod', ['push', 'dev']]]);
});

test('every job has a time by which it ends, and says what it may', () => {
  for (const file of NAMES) assert.deepEqual(workflow(file).permissions, {}, file);
  for (const { where, thing } of jobs()) {
    assert.ok(thing.permissions, where);
    // One that deploys may have to put back as well.
    assert.ok(thing.uses || (thing['timeout-minutes'] ?? Infinity) <= (where === 'stage.yml: deploy' ? 120 : 60), where);
  }
  for (const { where, thing } of steps()) {
    if (thing.uses?.startsWith('actions/checkout@')) assert.equal(thing.with?.['persist-credentials'], false, where);
  }
});

test('no expression stands within what a shell reads', () => {
  for (const { where, thing } of steps()) assert.doesNotMatch(thing.run ?? '', /\$\{\{/, where);
});

test('ci.yml calls commands of cargo xtask and no other', () => {
  for (const name of Object.keys(workflow('ci.yml').jobs)) {
    for (const { run, name: title } of job('ci.yml', name).steps ?? []) {
      if (run) assert.match(run, /^(sudo --preserve-env=PATH,HOME env "PATH=\$\{PATH\}" "HOME=\$\{HOME\}" )?cargo xtask test [a-z]*(\$\{LEGS\})?$/, title);
    }
  }
});

test('ci.yml runs every leg of cargo xtask test, each once', () => {
  const sources = text('xtask/src/test.rs') + (text('xtask/src/check/legs.rs').split('const ADVISORIES')[0] ?? '');
  const all = [...sources.matchAll(/\bLeg \{\s*name: "(\w+)"/g)].map(([, name]) => name ?? '');
  const groups = job('ci.yml', 'legs').strategy?.matrix.include ?? [];
  const run = [...groups.flatMap(({ legs }) => (legs ?? '').split(' ')), 'image'];
  assert.deepEqual(run.sort(), all.sort());
});

test('a package is published when each was installed and tried on its platform', () => {
  assert.deepEqual(job('release.yml', 'attest').needs, ['test', 'version', 'wheel', 'sdist', 'addon', 'crates']);
  for (const name of ['pypi', 'npm', 'crates-io']) {
    assert.equal(job('release.yml', name).needs, 'attest');
    assert.equal(job('release.yml', name).environment?.name, name);
  }
  for (const name of ['wheel', 'sdist']) {
    const trials = (job('release.yml', name).steps ?? []).filter(({ run }) => run?.includes('try-wheel.sh'));
    assert.ok(trials.length > 0, name);
  }
  assert.ok(job('release.yml', 'attest').if?.includes("github.ref_type == 'tag'"), 'started by hand nothing is published');
});

test('what is released is of the main branch, and passed what a change has to pass', () => {
  assert.equal(job('release.yml', 'test').uses, '$/.github/workflows/ci.yml');
  const list = job('release.yml', 'version').steps ?? [];
  const { run = '' } = step('release.yml', 'version', 'Look whether the main branch has the commit');
  assert.equal(list[0]?.with?.['fetch-depth'], 0);
  const place = mkdtempSync(join(tmpdir(), 'history-'));
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-C', place, ...args], { encoding: 'utf8' }).stdout.trim();
  const commit = () => (git('commit', '--allow-empty', '--message', 'one'), git('rev-parse', 'HEAD'));
  git('init', '--quiet', '--initial-branch', 'side');
  const [old, newest] = [commit(), commit()];
  git('update-ref', 'refs/remotes/origin/main', newest);
  const aside = commit();
  const code = (sha: string) => spawnSync('bash', ['-e', '-c', run], { cwd: place, env: { PATH: process.env['PATH'], COMMIT: sha } }).status;
  assert.deepEqual([code(old), code(newest), code(aside)], [0, 0, 1]);
  rmSync(place, { recursive: true });
});

test('the crates are played as they were packed, before they are packed to be published', () => {
  const runs = (job('release.yml', 'crates').steps ?? []).map(({ run }) => run).filter((run) => run?.startsWith('cargo xtask'));
  assert.deepEqual(runs, ['cargo xtask test crates', 'cargo xtask package crates', 'cargo xtask package materials']);
  assert.match(text('xtask/src/bindings/rust.rs'), /crates::pack\(/, 'the leg builds on what it packs');
});

test('a release that is repeated goes on where it was', () => {
  const { run = '' } = step('release.yml', 'page', 'Make the page of the release');
  const place = mkdtempSync(join(tmpdir(), 'page-'));
  for (const name of ['wheel-a/a.whl', 'addon-a/a.tgz', 'materials/python.cdx.json']) {
    mkdirSync(join(place, 'packages', name, '..'), { recursive: true });
    writeFileSync(join(place, 'packages', name), '');
  }
  const made = (there: boolean) => {
    writeFileSync(join(place, 'gh'), `#!/usr/bin/env bash\necho "$1 $2" >> calls\n[[ "$2" != view ]] || exit ${there ? 0 : 1}\n`, { mode: 0o755 });
    writeFileSync(join(place, 'calls'), '');
    const env = { PATH: `${place}:${process.env['PATH']}`, TAG: 'v1.2.3', GITHUB_REPOSITORY: 'owner/name' };
    assert.equal(spawnSync('bash', ['-e', '-c', run], { cwd: place, env }).status, 0);
    return readFileSync(join(place, 'calls'), 'utf8').trim().split('\n');
  };
  assert.deepEqual(made(false), ['release view', 'release create', 'release upload']);
  assert.deepEqual(made(true), ['release view', 'release upload']);
  assert.match(run, /gh release upload .*--clobber/);
  rmSync(place, { recursive: true });
});

test('an addon is built for each platform that npm has a package for, and a wheel for each that is promised', () => {
  const built = (job('release.yml', 'addon').strategy?.matrix.include ?? []).map(({ name }) => name);
  assert.deepEqual(built.sort(), readdirSync(join(ROOT, 'bindings/node/npm')).sort());
  const wheels = (job('release.yml', 'wheel').strategy?.matrix.include ?? []).map(({ name }) => name);
  assert.deepEqual(wheels, [
    'manylinux-x86_64', 'manylinux-aarch64', 'musllinux-x86_64', 'musllinux-aarch64', 'macos-x86_64', 'macos-aarch64', 'windows-x86_64',
  ]);
});

test('every command of cargo xtask that a workflow calls is one that there is', () => {
  const known = text('xtask/src/main.rs');
  const packages = readdirSync(join(ROOT, 'xtask/src/package')).map((name) => text(`xtask/src/package/${name}`)).join('\n');
  const variant = (word: string | undefined) => (word ?? '').replace(/^./, (letter) => letter.toUpperCase());
  for (const { where, thing } of shell()) {
    for (const [, command, argument] of thing.matchAll(/cargo xtask (\w+) ?(\w+)?/g)) {
      assert.match(known, new RegExp(`^    ${variant(command)}\\(`, 'm'), where);
      if (command === 'test' && argument) assert.match(text('xtask/src/test.rs'), new RegExp(`name: "${argument}"`), where);
      if (command !== 'package') continue;
      assert.ok(new RegExp(`\\b${variant(argument)}\\b|"${argument}"`).test(packages), `${where}: ${argument}`);
    }
  }
});
