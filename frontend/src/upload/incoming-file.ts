// One file from the moment it is started to its last byte: hashed, offered, sent with its companions.
import { sha256Of } from "./hashing";
import { Pace } from "./pace";
import { forget, remember } from "./remembered";
import type { Row } from "./row";
import { addCompanion, addRecord, Refusal, removeRecord } from "./server";
import { Transfer } from "./transfer";
import { megabytes, type Words } from "./words";

export interface Begin {
  file: File;
  collection: string;
  slot: string;
  supersedes: string;
  companions: File[];
  /** Goes on with what was begun before a reload. */
  resumes?: { record: string; url: string; sha256?: string };
  /** A refused record that this file is sent instead of. */
  instead?: string;
}

export interface Surroundings {
  words: Words;
  changed: (done: number) => void;
  /** The server knows of the record now; its row in the list of stored files gives way to this one. */
  owns: (record: string) => void;
  gone: (file: IncomingFile) => void;
}

export class IncomingFile {
  sent = 0;
  isMoving = false;
  private record = "";
  private url = "";
  private sha256 = "";
  private transfer: Transfer | null = null;
  private finish: (() => void) | null = null;
  private readonly pace = new Pace();
  private readonly keys = new Map<string, string>();

  constructor(readonly begin: Begin, readonly row: Row, private readonly around: Surroundings) {
    row.say(around.words("waiting"));
    row.offer({ text: around.words("cancel"), quiet: true, act: () => void this.cancel() });
  }

  get size(): number {
    return this.begin.file.size + this.begin.companions.reduce((sum, { size }) => sum + size, 0);
  }

  holds(record: string): boolean {
    return this.record === record;
  }

  /** The line is back: no need to wait for the next try. */
  wake(): void {
    if (this.isMoving && this.transfer) void this.transfer.pause().then(() => this.transfer?.start());
  }

  /** Ends when the file is sent, given up, or stopped by something that waiting does not cure. */
  run(): Promise<void> {
    return new Promise((resolve) => {
      this.finish = resolve;
      this.isMoving = true;
      this.go().catch((trouble: unknown) => this.stop(trouble));
    });
  }

  private async go(): Promise<void> {
    const { file, collection, slot, supersedes, companions, resumes, instead } = this.begin;
    const { words } = this.around;
    this.row.show("i-upload");
    this.sha256 ||= resumes?.sha256 || (await this.hash(file));
    if (!this.record && resumes) {
      this.record = resumes.record;
      this.url = resumes.url;
      this.around.owns(this.record);
    }
    if (!this.record) {
      const offer = await addRecord(
        collection,
        { slot, name: file.name, size: file.size, sha256: this.sha256, ...(supersedes ? { supersedes } : {}) },
        this.key("record"),
      );
      this.record = offer.record;
      this.url = offer.upload;
      this.around.owns(this.record);
      if (instead) await removeRecord(instead).catch(() => undefined);
    }
    if (!this.finish) return; // cancelled meanwhile
    for (const companion of companions) await this.sendCompanion(companion);
    remember({ record: this.record, collection, size: file.size, sha256: this.sha256, at: Date.now() });
    this.row.progress(words("waiting"), 0);
    await this.send(file, this.url);
    forget(this.record);
    this.sent = this.size;
    this.row.show("i-clock");
    this.row.say(words("checking"));
    this.row.offer();
    this.end();
    this.around.gone(this);
  }

  private async hash(file: File): Promise<string> {
    return sha256Of(file, (read) => {
      if (file.size > 4e6) this.row.progress(this.around.words("reading"), read / file.size);
    });
  }

  private async sendCompanion(file: File): Promise<void> {
    const sha256 = await this.hash(file);
    const url = await addCompanion(this.record, { name: file.name, size: file.size, sha256 }, this.key(file.name));
    await this.send(file, url);
  }

  private send(file: File, url: string): Promise<void> {
    const { words } = this.around;
    const before = this.sent;
    this.pace.restart();
    return new Promise((resolve, reject) => {
      this.transfer = new Transfer(file, url, {
        progress: (bytes) => {
          this.sent = before + bytes;
          this.pace.saw(bytes);
          const said = { done: megabytes(bytes), size: megabytes(file.size), left: this.left(file.size - bytes) };
          this.row.progress(words("uploading", said).replace(/, $/, ""), bytes / file.size);
          this.offerPause();
          this.around.changed(bytes);
        },
        retrying: (seconds) => this.row.say(words("retrying", { count: seconds })),
        done: () => {
          this.sent = before + file.size;
          resolve();
        },
        stopped: (status, body) => reject(new Refusal(status, titleOf(body))),
      });
      this.transfer.start();
    });
  }

  private left(rest: number): string {
    const seconds = this.pace.secondsFor(rest);
    if (seconds === null) return "";
    return seconds < 90 ? this.around.words("left_seconds", { count: seconds }) : this.around.words("left_minutes", { count: Math.round(seconds / 60) });
  }

  private offerPause(): void {
    if (this.row.item.querySelector("[data-pausing]")) return;
    const { words } = this.around;
    this.row.offer({ text: words("pause"), act: () => void this.pause() }, { text: words("cancel"), quiet: true, act: () => void this.cancel() });
    this.row.item.querySelector(".actions")?.firstElementChild?.setAttribute("data-pausing", "");
  }

  private async pause(): Promise<void> {
    const { words } = this.around;
    await this.transfer?.pause();
    this.isMoving = false;
    this.row.say(words("paused", { done: megabytes(this.sent), size: megabytes(this.size) }));
    this.row.show("i-pause");
    this.row.offer(
      { text: words("go_on"), act: () => this.goOn() },
      { text: words("cancel"), quiet: true, act: () => void this.cancel() },
    );
  }

  private goOn(): void {
    this.isMoving = true;
    this.row.show("i-upload");
    this.pace.restart();
    this.transfer?.start();
  }

  private async cancel(): Promise<void> {
    await this.transfer?.cancel().catch(() => undefined);
    if (this.record) {
      forget(this.record);
      await removeRecord(this.record).catch(() => undefined);
    }
    this.end();
    this.row.item.remove();
    this.around.gone(this);
  }

  private stop(trouble: unknown): void {
    const { words } = this.around;
    const refusal = trouble instanceof Refusal ? trouble : null;
    const isRefused = refusal !== null && refusal.status >= 400 && refusal.status < 500 && ![401, 408, 429].includes(refusal.status);
    const why =
      refusal?.status === 401 ? words("signed_out")
      : refusal?.text ? refusal.text
      : trouble instanceof Error && trouble.message === "unreadable" ? words("changed_under_way")
      : words("no_answer");
    const first = document.createElement("b");
    first.textContent = refusal?.findings[0]?.what ?? words("stopped");
    this.row.show(isRefused ? "mk-blocker" : "mk-warning", words("stopped"));
    this.row.say(first, ...(refusal?.findings.length ? refusal.findings.slice(1).map(({ what }) => what) : [why]));
    const away = { text: words("remove"), quiet: true, act: () => void this.cancel() };
    const again = { text: words("try_again"), act: () => void this.run() };
    this.row.offer(...(isRefused ? [away] : [again, away]));
    this.end();
  }

  private end(): void {
    this.isMoving = false;
    this.transfer = null;
    const finish = this.finish;
    this.finish = null;
    finish?.();
    this.around.changed(this.sent);
  }

  /** The same request said again has the same effect once. */
  private key(what: string): string {
    let key = this.keys.get(what);
    if (!key) {
      key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
      this.keys.set(what, key);
    }
    return key;
  }
}

function titleOf(body: string): string {
  try {
    return String((JSON.parse(body) as { title?: string }).title ?? "");
  } catch {
    return "";
  }
}
