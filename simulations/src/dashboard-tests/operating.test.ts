import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCoordinator, verifyFolder } from '@fedhybnn/server';
import {
  mnistTask,
  parse,
  type Task,
  taskHash,
  taskReplySchema,
  taskSchema,
} from '@fedhybnn/shared';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium } from '../browser/chromium.js';
import { HeldTrainer } from '../page-harness/held-trainer.js';
import { readExtractorFile } from '../run/extractor-source.js';
import { TinyCoordinator } from '../wire-tests/tiny-coordinator.js';
import { tinyEvaluation, tinyExtractor, tinyTask } from '../wire-tests/tiny-federation.js';
import type { Dashboard } from './dashboard.js';
import { OperatorsBrowser } from './operators-browser.js';

const REFUSED = /the server responded with a status of 4\d\d/;
const task = { ...tinyTask({ rounds: 6, goal: 2 }), title: 'Four patterns' };

describe.skipIf(!hasChromium)('an operator who acts (needs Chromium)', () => {
  let browser: OperatorsBrowser;
  let coordinator: TinyCoordinator;
  let folder: string;
  beforeAll(async () => {
    browser = await OperatorsBrowser.start();
    folder = mkdtempSync(join(tmpdir(), 'fedhybnn-operating-'));
  });
  beforeEach(async () => {
    coordinator = await TinyCoordinator.start(task);
  });
  afterEach(async () => {
    expect(await browser.putAway()).toEqual([]);
    await coordinator.remove();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const enter = () => browser.enter(coordinator.url, coordinator.folder);
  const fileOf = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const upload = async (dashboard: Dashboard, label: string, path: string) => {
    await dashboard.page
      .locator('label.file', { hasText: label })
      .locator('input')
      .setInputFiles(path);
  };
  const created = async (id: string) => {
    const answer = await fetch(`${coordinator.url}/v1/tasks/${id}`);
    return parse(taskReplySchema, await answer.json(), id);
  };

  it('makes a federation with an extractor that ships: the task of create-task, to the hash', async () => {
    const dashboard = await enter();
    const { create, invite } = dashboard.words;
    await dashboard.place('create');
    await dashboard.page
      .locator('select:has(option:checked:text-matches("mnist-patches-512"))')
      .waitFor();
    await dashboard.field(create.id).fill('letters');
    await dashboard.field(create.goal).fill('4');
    await dashboard.field(create.rule).selectOption('sign-vote');
    await dashboard.field(create.hidden).fill('64, 32');
    await dashboard.screenshot('create');
    await dashboard.button(create.create).click();
    await dashboard.text(invite.makeFirst).waitFor();

    const extractor = await readExtractorFile('patches-512');
    const { hash, task: document, admission } = await created('letters');
    const made = parse(taskSchema, document, 'letters');
    expect(made).toEqual({
      ...mnistTask({
        ...{ id: 'letters', extractor: made.extractor, hidden: [64, 32], rule: 'sign-vote' },
        federation: { rounds: 50, goal: 4 },
      }),
      // What was written before the rule was changed stays.
      description: made.description,
    });
    expect(admission).toBe('code');
    const other = await startCoordinator({ data: join(folder, 'other'), port: 0 });
    await other.createTask(made, { extractor });
    const same = await fetch(`${other.url}/v1/tasks/letters`).then((answer) => answer.json());
    expect(hash).toBe((same as { hash: string }).hash);
    await other.close();
  });

  it('is told of what is wrong at the field, in the document, and by the coordinator', async () => {
    const dashboard = await enter();
    const { create, issues } = dashboard.words;
    await dashboard.place('create');
    const document = dashboard.field(dashboard.words.task.document);
    await dashboard.field(create.id).fill('Not A Name');
    const note = dashboard.page.locator('.field', { hasText: create.id }).locator('.wrong');
    await note.getByText(issues.pattern('id')).waitFor();
    expect(await dashboard.field(create.id).getAttribute('aria-invalid')).toBe('true');
    expect(await dashboard.button(create.create).isDisabled()).toBe(true);
    await dashboard.field(create.roundCount).fill('many');
    await dashboard.text(create.mend(2)).waitFor();
    await dashboard.screenshot('create-wrong');
    // The text is the same document: mended there, the field shows it.
    const text = (await document.inputValue())
      .replace('"Not A Name"', '"tiny"')
      .replace('"many"', '7');
    await document.fill(text);
    expect(await dashboard.field(create.roundCount).inputValue()).toBe('7');
    await document.fill(text.slice(0, -3));
    await dashboard.text(create.notJson).waitFor();
    await document.fill(text);
    await dashboard.button(create.create).click();
    await dashboard.page
      .getByRole('alert')
      .getByText(/another task has this id/)
      .waitFor();
    expect(dashboard.forgive(REFUSED)).toBe(1);
  });

  it('uploads extractor and labeled sample, and opens a task.json', async () => {
    const dashboard = await enter();
    const { create, invite } = dashboard.words;
    const n = dashboard.numbers;
    const wanted: Task = { ...tinyTask({ rounds: 1, goal: 1 }), id: 'uploaded', title: 'Uploaded' };
    await dashboard.place('create');
    await upload(dashboard, create.uploadExtractor, fileOf('wrong.fhx', 'not an extractor'));
    await dashboard.page.getByRole('alert').waitFor();
    expect(dashboard.forgive(REFUSED)).toBe(1);
    await upload(dashboard, create.uploadExtractor, fileOf('tiny.fhx', tinyExtractor));
    await dashboard.page
      .locator('option:checked', { hasText: 'tiny-pixels' })
      .waitFor({ state: 'attached' });
    await upload(dashboard, create.openFile, fileOf('task.json', JSON.stringify(wanted)));
    await upload(dashboard, create.uploadEvaluation, fileOf('test.bits', tinyEvaluation()));
    await dashboard.page.getByText(/test\.bits: /).waitFor();
    expect(await dashboard.field(create.taskTitle).inputValue()).toBe('Uploaded');
    await dashboard.choose(dashboard.words.admission.open);
    await dashboard.button(create.create).click();
    await dashboard.page.getByRole('img', { name: invite.qr }).waitFor();
    expect((await created('uploaded')).hash).toBe(taskHash(wanted));
    await coordinator.join('a', { url: `${coordinator.url}/uploaded` });
    await dashboard.tab('overview');
    await dashboard.text(dashboard.words.round.ended).waitFor();
    // Measured on what was uploaded.
    const { accuracy } = (await created('uploaded')).latest;
    expect(accuracy).not.toBeNull();
    await dashboard.page
      .getByText(n.percent(accuracy ?? 0), { exact: true })
      .first()
      .waitFor();
  });

  it('makes a join code with link, QR code and poster, and revokes it', async () => {
    const dashboard = await enter();
    const { admission, invite, poster } = dashboard.words;
    const { page } = dashboard;
    await page.evaluate(() => {
      window.print = () => document.documentElement.setAttribute('data-printed', '');
    });
    await dashboard.federation(task.title);
    await dashboard.tab('invite');
    await dashboard.choose(admission.code);
    await dashboard.text(invite.codeText).waitFor();
    expect((await created('tiny')).admission).toBe('code');
    await dashboard.field(invite.address).fill(coordinator.url);
    await dashboard.field(invite.label).fill('class 3b');
    await dashboard.field(invite.uses).fill('1');
    await dashboard.button(invite.makeButton).click();
    const code = (await page.locator('.join-code').textContent()) ?? '';
    await dashboard.screenshot('join-code');
    await page.getByText(`${coordinator.url}/tiny#code=${code}`).waitFor();
    await dashboard.button(invite.print).click();
    await page.locator('html[data-printed]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    const sheet = page.locator('.poster');
    for (const words of [
      task.title,
      code,
      ...poster.steps.map(({ name }) => name),
      poster.leaves,
    ]) {
      await sheet.getByText(words, { exact: false }).first().waitFor();
    }
    await dashboard.screenshot('poster');
    expect(await page.locator('main').isVisible()).toBe(false);
    expect((await page.pdf({ preferCSSPageSize: true })).toString('latin1')).toMatch(/\/Count 1\b/);
    await page.emulateMedia({ media: 'screen' });

    await coordinator.join('a', { joinCode: code });
    await dashboard
      .row('class 3b')
      .getByText(invite.usedOf(dashboard.numbers, 1, 1))
      .waitFor();
    await dashboard.confirm(invite.removeWhich('class 3b'), invite.remove);
    await dashboard.text(invite.noCodes).waitFor();
  });

  it('pauses, resumes, excludes, verifies, takes the model away, and ends', async () => {
    const dashboard = await enter();
    const {
      afterRound,
      controls,
      participants,
      phase,
      task: words,
      verification,
    } = dashboard.words;
    const slow = new HeldTrainer(2);
    await coordinator.join('a');
    await coordinator.join('b', { trainer: slow });
    await dashboard.federation(task.title);
    await dashboard.text(dashboard.words.round.arrived(dashboard.numbers, 1, 2)).waitFor();
    await dashboard.button(controls.pause).click();
    await dashboard.text(afterRound.pause).waitFor();
    slow.release(3);
    await dashboard.text(phase.PAUSED).waitFor();
    expect((await created('tiny')).latest.round).toBe(2);

    await dashboard.tab('task');
    await dashboard.button(verification.start).click();
    await dashboard.text(verification.passed).waitFor();
    const [report] = await verifyFolder(coordinator.folder, 'tiny');
    await dashboard.text(verification.report(dashboard.numbers, report)).waitFor();
    for (const [link, name] of [
      [words.downloadModel, 'tiny-round-2.fhbn'],
      [words.downloadHead, 'tiny-round-2.fhh'],
    ]) {
      const download = dashboard.page.waitForEvent('download');
      await dashboard.page.getByRole('link', { name: link }).click();
      expect((await download).suggestedFilename()).toBe(name);
    }
    await dashboard.screenshot('task');

    await dashboard.button(controls.resume).click();
    await dashboard.tab('participants');
    await dashboard.row('b').getByText(participants.connected).first().waitFor();
    await dashboard.confirm(participants.excludeWho('b'), participants.exclude);
    await dashboard.row('b').getByText(participants.excluded).waitFor();
    await dashboard.screenshot('participants');

    await dashboard.confirm(controls.end);
    await dashboard.page
      .getByText(new RegExp(`${phase.ENDED}|${afterRound.end}`))
      .first()
      .waitFor();
    expect(await dashboard.button(controls.pause).isVisible()).toBe(false);
    await dashboard.place('coordinator');
    for (const action of ['exclude-client', 'verify-task', 'end-task']) {
      await dashboard.row(action).first().waitFor();
    }
  });

  it('changes nothing by a dialog that is left with Escape', async () => {
    const dashboard = await enter();
    const { controls } = dashboard.words;
    await dashboard.federation(task.title);
    await dashboard.button(controls.end).click();
    await dashboard.page.getByRole('dialog').waitFor();
    await dashboard.page.keyboard.press('Escape');
    await dashboard.page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((await created('tiny')).phase).toBe('WAITING');
  });
});
