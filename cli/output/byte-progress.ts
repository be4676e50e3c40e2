/** Progress of long reading or writing on stderr: one line that redraws itself on a terminal, a line a phase elsewhere. */
import { escapeControl } from '../../store/escape-control.ts';
import { formatBytes } from './numbers.ts';

const REDRAW_MS = 100;

export class ByteProgress {
  readonly #stream: NodeJS.WriteStream;
  #phase = '';
  #drawnAt = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** `name`: of the file. `done` in bytes; with `total`, as a percentage too. */
  show(verb: string, name: string, done: number, total?: number): void {
    const phase = `${verb} ${escapeControl(name)}`;
    if (!this.#stream.isTTY) {
      if (phase !== this.#phase) this.#stream.write(`${phase} …\n`);
      this.#phase = phase;
      return;
    }
    const now = Date.now();
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const share = total === undefined ? '' : `  ${Math.floor((100 * done) / total)} %`;
    this.#stream.write(`\r\x1b[2K${phase}${share}  ${formatBytes(done)}`);
  }

  /** Clears the line; safe to call twice. */
  finish(): void {
    if (this.#stream.isTTY && this.#drawnAt > 0) this.#stream.write('\r\x1b[2K');
    this.#drawnAt = 0;
  }
}
