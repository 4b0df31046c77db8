// The sentences of the upload, given by the page in the reader's language (arcada/web/upload_words.py).

export type WordKey =
  | "reading" | "waiting" | "uploading" | "left_seconds" | "left_minutes" | "paused" | "retrying" | "stopped"
  | "checking" | "place" | "choose_place" | "belongs_to" | "start_one" | "start_many" | "nothing_to_start"
  | "leave_out" | "cancel" | "pause" | "go_on" | "try_again" | "remove" | "in_all" | "ready_to_go_on"
  | "too_many_files" | "empty_folder" | "no_answer" | "other_file" | "changed_under_way" | "signed_out" | "leave_page";

export type Words = (key: WordKey, values?: Record<string, string | number>) => string;

export function readWords(page: Document): Words {
  const said = JSON.parse(page.getElementById("upload-words")?.textContent ?? "{}") as Partial<Record<string, string>>;
  const numbers = new Intl.NumberFormat(page.documentElement.lang || "en");
  return (key, values = {}) =>
    (said[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
    });
}

const UNITS = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]] as const;

/** 12,345,678 → "12.3 MB": decimal, as disks and scanners count, in the page's language. */
export function megabytes(bytes: number, language = document.documentElement.lang || "en"): string {
  const unit = UNITS.find(([factor]) => bytes >= factor);
  if (!unit) return `${bytes} B`;
  const format = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${format.format(bytes / unit[0])} ${unit[1]}`;
}
