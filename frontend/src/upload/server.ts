// What the upload asks of the server, in one place.

export interface Finding {
  grade: "blocker" | "warning" | "note";
  what: string;
  why: string;
}

export interface Choice {
  slot: string;
  supersedes: string;
  title: string;
}

export interface PlannedFile {
  companion_of: number | null;
  slot: string | null;
  supersedes: string;
  choices: Choice[];
  findings: Finding[];
  can_start: boolean;
}

export interface NewRecord {
  slot: string;
  name: string;
  size: number;
  sha256: string;
  supersedes?: string;
}

export interface Offer {
  record: string;
  upload: string;
}

/** The server refused; `text` says why in the reader's language where it can. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
    readonly findings: Finding[] = [],
  ) {
    super(text);
  }
}

/** Where the files would go; writes nothing. */
export async function plan(
  address: string, csrf: string, files: { name: string; size: number; slot?: string; supersedes?: string }[],
): Promise<PlannedFile[]> {
  const answer = await ask("POST", address, { files }, { "X-CSRFToken": csrf });
  return (answer as { files: PlannedFile[] }).files;
}

/** A place for `file`, where `address` gives one. */
export async function placeFor(address: string, file: object, headers: Record<string, string> = {}): Promise<Offer> {
  const said = (await ask("POST", address, file, headers)) as { record: { id: string } | string; upload: { url: string } };
  return { record: typeof said.record === "string" ? said.record : said.record.id, upload: pathOf(said.upload.url) };
}

export const addRecord = (collection: string, record: NewRecord, key: string): Promise<Offer> =>
  placeFor(`/api/v1/collections/${collection}/records`, record, { "Idempotency-Key": key });

export async function addCompanion(record: string, file: { name: string; size: number; sha256: string }, key: string): Promise<string> {
  const said = await ask("POST", `/api/v1/records/${record}/companions`, file, { "Idempotency-Key": key });
  return pathOf((said as { upload: { url: string } }).upload.url);
}

/** Where a record that waits for its file takes the rest, or null when that is over. */
export async function openUploadOf(record: string): Promise<{ url: string; size: number } | null> {
  const said = (await ask("GET", `/api/v1/records/${record}`)) as { state: string; upload?: { url: string; size: number } | null };
  return said.state === "awaiting_file" && said.upload ? { ...said.upload, url: pathOf(said.upload.url) } : null;
}

export async function removeRecord(record: string): Promise<void> {
  await ask("POST", `/api/v1/records/${record}/removals`, {});
}

// The page may be open under another name of the same server than the one it calls itself by.
const pathOf = (address: string): string => new URL(address, location.href).pathname;

async function ask(method: string, address: string, body?: object, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(address, {
    method,
    headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}), ...headers },
    body: body ? JSON.stringify(body) : null,
  });
  // A page that wants a sign-in answers with that page.
  if (answer.redirected || answer.status === 401) throw new Refusal(401, "");
  const said = (await answer.json().catch(() => ({}))) as {
    detail?: string;
    text?: string;
    findings?: (Finding | { severity: Finding["grade"]; text: string })[];
  };
  if (answer.ok) return said;
  // A machine's address names them otherwise than a page's.
  const findings = (said.findings ?? []).map((one) => ("text" in one ? { grade: one.severity, what: one.text, why: "" } : one));
  throw new Refusal(answer.status, said.detail ?? said.text ?? "", findings);
}
