/**
 * Rehearses a release without changing or publishing anything: lerna raises the version of a copy of all manifests, and npm
 * lists the files that it would publish. Run it by `npm run release:check`, after `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './program.mjs';
import { say } from './steps.mjs';
import { npm, packAll } from './tarballs.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Files that belong to no published package. */
const UNWANTED = /(^|\/)(src|test)\/|\.tsbuildinfo$|\.test\.|\.map$/;

const read = file => JSON.parse(readFileSync(file, 'utf8'));
const execute = ([file, ...args], cwd) =>
  execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The public packages, each after those that it depends on. */
function packages() {
  const listed = JSON.parse(
    execute([...program('lerna'), 'list', '--toposort', '--json', '--loglevel', 'error'], ROOT),
  );
  return listed.map(({ name, location }) => ({ name, folder: relative(ROOT, location) }));
}

/** Raises the version in a copy of the manifests; returns what is wrong with the result. */
function versionProblems(all) {
  const copy = mkdtempSync(join(tmpdir(), 'carl-release-'));
  try {
    for (const file of ['lerna.json', 'package.json', ...all.map(({ folder }) => join(folder, 'package.json'))])
      cpSync(join(ROOT, file), join(copy, file), { recursive: true });
    const git = (...args) => execute(['git', '-c', 'user.name=release', '-c', 'user.email=release@localhost', ...args], copy); // prettier-ignore
    for (const args of [['init', '--quiet'], ['add', '.'], ['commit', '--quiet', '-m', 'Manifests']]) git(...args); // prettier-ignore
    execute([...program('lerna'), 'version', 'minor', '--no-git-tag-version', '--no-push', '--yes'], copy);
    const { version } = read(join(copy, 'lerna.json'));
    if (version === read(join(ROOT, 'lerna.json')).version) return ['lerna did not raise the version'];
    return all.flatMap(({ name, folder }) => {
      const manifest = read(join(copy, folder, 'package.json'));
      const own = Object.entries({ ...manifest.dependencies }).filter(([other]) => all.some(one => one.name === other));
      const wrong = [['its version', manifest.version], ...own].filter(([, found]) => found !== version);
      return wrong.map(([what, found]) => `${name}: ${what} is ${found} after raising the version to ${version}`);
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Files that a manifest promises: entry points, programs, the plugin. */
function promised({ exports = {}, bin = {}, carl }) {
  const targets = Object.values(exports).flatMap(target =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  const files = [...targets, ...Object.values(bin), ...(carl ? [carl.plugin] : [])];
  return [...files.map(file => file.replace(/^\.\//, '')), 'README.md', 'LICENSE'];
}

/** Lists the files of all packages as npm would publish them; returns what is wrong with them. */
function contentProblems(all) {
  const workspaces = all.flatMap(({ folder }) => ['-w', folder]);
  const packed = JSON.parse(execute([...npm(), 'pack', '--dry-run', '--json', '--ignore-scripts', ...workspaces], ROOT)); // prettier-ignore
  return packed.flatMap(({ name, files, unpackedSize }) => {
    const { folder } = all.find(one => one.name === name);
    const paths = files.map(({ path }) => path);
    say(`${name}: ${paths.length} files, ${(unpackedSize / 1e3).toFixed(0)} kB`);
    return [
      ...promised(read(join(ROOT, folder, 'package.json')))
        .filter(file => !paths.includes(file))
        .map(file => `${name}: ${file} is missing`),
      ...paths.filter(path => UNWANTED.test(path)).map(path => `${name}: ${path} would be published`),
    ];
  });
}

/** Programs that check manifests and types of a tarball as other projects see them; npm downloads them for this check. */
const CHECKS = [
  ['publint@0.3.25', 'publint', ['--strict']],
  ['@arethetypeswrong/cli@0.18.5', 'attw', ['--profile', 'esm-only']],
];

/** Packs all packages and checks the tarballs with publint and attw; returns what they report. */
function tarballProblems() {
  const folder = mkdtempSync(join(tmpdir(), 'carl-release-'));
  try {
    return packAll(folder).flatMap(file =>
      CHECKS.flatMap(([source, name, options]) => {
        const program = [...npm(), 'exec', '--yes', `--package=${source}`, '--', name];
        try {
          execute([...program, file, ...options], folder);
          return [];
        } catch ({ stdout, stderr }) {
          return [`${relative(folder, file)}: ${name} reports\n${stdout}${stderr}`];
        }
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const all = packages();
const problems = [...versionProblems(all), ...contentProblems(all), ...tarballProblems()];
for (const problem of problems) say(problem);
say(problems.length === 0 ? `${all.length} packages can be released.` : `${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;
