/**
 * `npm test`: installs, builds, checks format, lint, dependency rules and the lockfile, and runs
 * every test that this machine allows. The last line counts what passed and what failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root, tool } from './prepare.mjs';

let passed = 0;
let failed = 0;
let skipped = 0;

/** One check outside the test runner; counts as one test. */
function check(name, command, args) {
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
}

function runTests() {
  console.log('\n▸ tests');
  const folder = mkdtempSync(join(tmpdir(), 'fedhybnn-test-'));
  const report = join(folder, 'report.json');
  try {
    const { status } = spawnSync(
      tool('vitest'),
      [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...process.argv.slice(2),
      ],
      { cwd: root, stdio: 'inherit' },
    );
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    passed += numPassedTests;
    failed += numFailedTests;
    skipped += numPendingTests;
    // A file that does not load, or an error outside a test, fails without failing a test.
    if (status !== 0 && numFailedTests === 0) failed++;
    reportSkipped(testResults);
  } catch (error) {
    console.error(`The test runner gave no report: ${error.message}`);
    failed++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportSkipped(files) {
  const names = files.flatMap((file) =>
    file.assertionResults.filter((t) => t.status === 'skipped' || t.status === 'pending'),
  );
  if (names.length === 0) return;
  console.log('\nSkipped, since this machine lacks what they need (the name says what):');
  for (const test of names) console.log(`  ${test.fullName}`);
}

await prepare();
check('format and lint', tool('biome'), ['check', '.']);
check('dependency rules', tool('depcruise'), [
  '--config',
  '.dependency-cruiser.json',
  ...['shared', 'server', 'client', 'client/join', 'simulations'].map((name) => `${name}/src`),
]);
check('lockfile unchanged by the installation', 'git', [
  'diff',
  '--exit-code',
  'package-lock.json',
]);
runTests();
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
