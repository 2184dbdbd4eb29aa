/** A line of the terminal that is redrawn; lines that stay are written above it. */
import { SingleBar } from 'cli-progress';

/** Where lines go; one that can show a status is redrawn instead of written again. */
export interface Screen {
  write(line: string): void;
  show?(status: Status): void;
  stop?(): void;
}

export interface Status {
  readonly round: number;
  /** 0 while it is not known. */
  readonly of: number;
  readonly accuracy: string;
  /** What the clients do, such as `8 training, 2 waiting`. */
  readonly doing: string;
}

const CLEAR_LINE = '\r\x1b[K';

export class LiveLine implements Screen {
  private readonly bar: SingleBar;
  private started = false;

  constructor(private readonly stream: NodeJS.WriteStream) {
    const format = '{bar} round {value}/{total}  accuracy {accuracy}  {doing}';
    this.bar = new SingleBar({ format, stream, hideCursor: true, barsize: 24 });
  }

  write(line: string): void {
    if (this.started) this.stream.write(CLEAR_LINE);
    this.stream.write(`${line}\n`);
    if (this.started) this.bar.render();
  }

  show({ round, of, accuracy, doing }: Status): void {
    if (of === 0) return;
    if (this.started) {
      this.bar.update(round, { accuracy, doing });
    } else {
      this.started = true;
      this.bar.start(of, round, { accuracy, doing });
    }
  }

  stop(): void {
    if (this.started) this.bar.stop();
  }
}
