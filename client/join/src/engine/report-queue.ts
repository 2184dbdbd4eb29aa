/**
 * Gathers the engine's reports, so that the page is drawn five times a second at most: each round
 * brings some twelve of them within moments, and a phone takes longer to draw than to train.
 */
export const TOGETHER_MS = 200;

export class ReportQueue<Report> {
  private waiting: Report[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param show takes what came since it was called last, in order */
  constructor(private readonly show: (reports: readonly Report[]) => void) {}

  add(report: Report): void {
    this.waiting.push(report);
    this.timer ??= setTimeout(() => this.flush(), TOGETHER_MS);
  }

  /** Shows now what waits. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const reports = this.waiting;
    this.waiting = [];
    if (reports.length > 0) this.show(reports);
  }
}
