/** How long the cases that are left will take: guesses, corrected by how those before went. */
export class TimeLeft {
  private guessed = 0;
  private taken = 0;
  private left: number;

  /** @param guesses seconds of each case on some machine */
  constructor(guesses: readonly number[]) {
    this.left = guesses.reduce((sum, guess) => sum + guess, 0);
  }

  /** A case is done. */
  done(guess: number, seconds: number): void {
    this.guessed += guess;
    this.taken += seconds;
    this.left -= guess;
  }

  seconds(): number {
    return this.guessed === 0 ? this.left : (this.left * this.taken) / this.guessed;
  }
}
