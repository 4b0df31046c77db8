// How long the rest will take, from what went through lately.

const WINDOW_MS = 8000;

export class Pace {
  private readonly seen: { at: number; bytes: number }[] = [];

  saw(bytes: number, at: number = performance.now()): void {
    this.seen.push({ at, bytes });
    while (this.seen.length > 2 && at - this.seen[0]!.at > WINDOW_MS) this.seen.shift();
  }

  /** Seconds for `rest` bytes, or null while that can't be told. */
  secondsFor(rest: number): number | null {
    const first = this.seen[0];
    const last = this.seen.at(-1);
    if (!first || !last || last.at - first.at < 500 || last.bytes <= first.bytes) return null;
    return Math.ceil((rest / (last.bytes - first.bytes)) * ((last.at - first.at) / 1000));
  }

  restart(): void {
    this.seen.length = 0;
  }
}
