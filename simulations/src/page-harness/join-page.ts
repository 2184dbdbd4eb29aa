/** The join page as a participant operates it: by the words and roles of what is seen. */
import type { Locator, Page } from 'playwright-core';
import { screenshot } from './screenshots.js';
import type { Messages, Numbers, Words } from './words.js';

export type View = 'what' | 'data' | 'train' | 'try';

export class JoinPage {
  readonly messages: Messages;
  readonly numbers: Numbers;

  constructor(
    readonly page: Page,
    readonly words: Words,
    private readonly problems: string[],
  ) {
    this.messages = words.messages;
    this.numbers = words.numbers;
  }

  /** Errors on the console so far that nobody has forgiven. */
  get errors(): readonly string[] {
    return this.problems;
  }

  /** Opens a link, as a scanned code does; resolves when the first view is there. */
  async open(link: string): Promise<void> {
    await this.page.goto(link);
    await this.heading().waitFor();
  }

  heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  text(words: string): Locator {
    return this.page.getByText(words, { exact: false });
  }

  /** Goes to a view by the steps at the top. */
  async go(view: View): Promise<void> {
    const { steps, stepsLabel } = this.messages;
    const bar = this.page.getByRole('navigation', { name: stepsLabel });
    await bar.getByRole('button', { name: steps[view] }).tap();
    await bar.locator('[aria-current=step]', { hasText: steps[view] }).waitFor();
  }

  /** First tap: from what this is to the data. */
  async chooseData(): Promise<void> {
    await this.button(this.messages.what.next).tap();
    await this.page.getByRole('heading', { level: 1, name: this.messages.data.title }).waitFor();
  }

  /** Second tap. */
  async takeSample(): Promise<void> {
    await this.page.getByRole('button', { name: this.messages.data.sample }).tap();
    await this.text(this.messages.data.sampleTaken).waitFor();
  }

  /** Third tap. */
  async startTraining(): Promise<void> {
    await this.button(this.messages.data.start).tap();
    await this.page.getByRole('heading', { level: 1, name: this.messages.train.title }).waitFor();
  }

  /** From the link to training, in three taps. */
  async train(link: string): Promise<void> {
    await this.open(link);
    await this.chooseData();
    await this.takeSample();
    await this.startTraining();
  }

  /** Resolves when training says this of itself. @param patienceMs absent: as all that is waited for */
  async says(state: string, patienceMs?: number): Promise<void> {
    const said = this.page.locator('main').getByText(state, { exact: false }).first();
    await said.waitFor(patienceMs === undefined ? {} : { timeout: patienceMs });
  }

  /** Draws lines on the pad with a finger; points in [0, 1] of it. */
  async draw(...strokes: readonly (readonly [number, number])[][]): Promise<void> {
    const pad = this.page.getByRole('application');
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    if (box === null) throw new Error('there is no pad to draw on');
    const { mouse } = this.page;
    for (const [first, ...others] of strokes) {
      await mouse.move(box.x + first[0] * box.width, box.y + first[1] * box.height);
      await mouse.down();
      for (const [x, y] of others) {
        await mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
      }
      await mouse.up();
    }
  }

  /** Adds a drawing to the data, with its label. */
  async drawSample(label: string, ...strokes: readonly (readonly [number, number])[][]) {
    const { data } = this.messages;
    await this.page.getByRole('radio', { name: label, exact: true }).check({ force: true });
    await this.draw(...strokes);
    await this.button(data.addDrawing(label)).tap();
    // Empty again, and so drawn upon by the next.
    await this.page.getByText(data.drawHint, { exact: true }).waitFor();
  }

  /** How many pixels of style sheets the page is wider than the screen. */
  overflow(): Promise<number> {
    return this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  }

  /**
   * Errors on the console that a test brings about, such as those of a network that it cuts.
   * @returns how many there were
   */
  forgive(expected: RegExp): number {
    const others = this.problems.filter((problem) => !expected.test(problem));
    const forgiven = this.problems.length - others.length;
    this.problems.splice(0, this.problems.length, ...others);
    return forgiven;
  }

  screenshot(name: string): Promise<void> {
    return screenshot(this.page, name);
  }
}
