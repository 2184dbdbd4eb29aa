/** What no clock decides: whether the page is installable, safe, light and works without a network. */
import type { CDPSession, Response } from 'playwright-core';
import type { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { LossyLine } from '../page-harness/lossy-line.js';
import type { Phones } from '../page-harness/phones.js';

export interface Check {
  readonly name: string;
  readonly passes: boolean;
  /** What was found. */
  readonly detail: string;
}

/** Smaller files fit into one packet as they are. Bytes. */
const PACKET = 1400;
/** Pages of tests are opened in windows that keep nothing, where no browser installs anything. */
const OF_TESTS = 'in-incognito';
const NO_ANSWER = /net::ERR_/;

export async function checkPage(coordinator: DigitsCoordinator, phones: Phones): Promise<Check[]> {
  const task = await coordinator.create({ rounds: 5, goal: 1 });
  const line = await LossyLine.open(coordinator.port);
  const phone = await phones.take();
  const { page } = phone;
  try {
    const responses: Response[] = [];
    page.context().on('response', (response) => responses.push(response));
    const devTools = await page.context().newCDPSession(page);
    const issues = await watchIssues(devTools);
    await phone.open(`${line.url}/${task.id}`);
    const document = await page.evaluate(describeDocument);
    await phone.chooseData();
    await phone.takeSample();
    await phone.startTraining();
    await phone.says(phone.messages.train.state.ended);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const { installabilityErrors } = await devTools.send('Page.getInstallabilityErrors');
    const hindrances = installabilityErrors.map(({ errorId }) => errorId);
    const policy = headerOf(responses, `/${task.id}`, 'content-security-policy');
    const assets = responses.filter((each) => each.url().includes('/assets/'));
    const elsewhere = responses.filter((each) => new URL(each.url()).origin !== line.url);
    const uncached = assets.filter((each) => !/immutable/.test(each.headers()['cache-control']));
    const plain = assets.filter(
      (each) =>
        each.headers()['content-encoding'] !== 'gzip' &&
        Number(each.headers()['content-length']) > PACKET,
    );
    const check = (name: string, passes: boolean, detail: string) => ({ name, passes, detail });
    const none = (name: string, found: readonly string[]) =>
      check(name, found.length === 0, found.length === 0 ? 'none' : [...new Set(found)].join(', '));
    const urls = (all: readonly Response[]) => all.map((each) => new URL(each.url()).pathname);
    const online = [
      none(
        'hindrances to installation',
        hindrances.filter((id) => id !== OF_TESTS),
      ),
      none('errors on the console', phone.errors),
      none('issues named by the browser', issues),
      none('requests to other servers', urls(elsewhere)),
      none('files that may not be kept for ever', urls(uncached)),
      none('files sent uncompressed', urls(plain)),
      check(
        'policy allows scripts of this server only',
        /default-src 'none'/.test(policy) && !/unsafe-inline|'unsafe-eval'|https?:|\*/.test(policy),
        policy.split('; ').find((part) => part.startsWith('script-src')) ?? 'no policy',
      ),
      ...document,
    ];
    line.cut();
    await page.reload();
    await phone.go('try');
    await phone.draw([
      [0.5, 0.15],
      [0.5, 0.85],
    ]);
    await phone.text(phone.messages.try.answer).waitFor();
    phone.forgive(NO_ANSWER);
    return [...online, check('the model is tried without a network', true, 'after one visit')];
  } finally {
    await phones.putAway();
    await line.close();
  }
}

/** Deprecated features, blocked resources and the like, as developer tools list them. */
async function watchIssues(devTools: CDPSession): Promise<readonly string[]> {
  const issues: string[] = [];
  devTools.on('Audits.issueAdded', ({ issue }) =>
    issues.push(issue.details.genericIssueDetails?.errorType ?? issue.code),
  );
  await devTools.send('Audits.enable');
  return issues;
}

function headerOf(responses: readonly Response[], path: string, name: string): string {
  return responses.find((each) => new URL(each.url()).pathname === path)?.headers()[name] ?? '';
}

/** Runs in the page. */
function describeDocument(): Check[] {
  const { documentElement, compatMode, characterSet, title } = document;
  const meta = (name: string) =>
    document.querySelector(`meta[name=${name}]`)?.getAttribute('content') ?? '';
  const viewport = meta('viewport');
  return [
    {
      name: 'language is declared',
      passes: documentElement.lang !== '',
      detail: documentElement.lang,
    },
    { name: 'has a title', passes: title !== '', detail: title },
    { name: 'has a description', passes: meta('description') !== '', detail: meta('description') },
    {
      name: 'may be zoomed',
      passes:
        /width=device-width/.test(viewport) && !/user-scalable=no|maximum-scale/.test(viewport),
      detail: viewport,
    },
    {
      name: 'follows standards, in UTF-8',
      passes: compatMode === 'CSS1Compat' && characterSet === 'UTF-8',
      detail: `${compatMode}, ${characterSet}`,
    },
  ];
}
