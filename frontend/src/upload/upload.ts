// Adding files to a collection: dropped or chosen, sorted into places, corrected, then sent and followed.
import { element } from "../markup";
import { CHANGED } from "../pages/live";
import { filesIn, wanted } from "./dropped";
import { sha256Of } from "./hashing";
import { IncomingFile, type Begin } from "./incoming-file";
import { PlannedFiles } from "./planned-files";
import { begun, forget } from "./remembered";
import { Row } from "./row";
import { openUploadOf, plan, Refusal } from "./server";
import { megabytes, readWords } from "./words";

const AT_ONCE = 2;
const MOST_FILES = 500;

for (const place of document.querySelectorAll<HTMLElement>("[data-upload]")) mount(place);

function mount(place: HTMLElement): void {
  const words = readWords(document);
  const collection = place.dataset["upload"] ?? "";
  const drop = place.querySelector<HTMLElement>(".drop");
  const list = place.querySelector<HTMLElement>("[data-planned]");
  const starting = place.querySelector<HTMLElement>("[data-starting]");
  const inAll = place.querySelector<HTMLElement>("[data-in-all]");
  if (!drop || !list || !starting || !inAll) return;
  const symbols = (drop.querySelector("use")?.getAttribute("href") ?? "").split("#")[0] ?? "";
  const sending = element("ul", { class: "incoming", role: "list" });
  sending.hidden = true;
  list.after(starting, sending);

  const files: IncomingFile[] = [];
  const waiting: IncomingFile[] = [];
  const owned = new Set<string>();
  let running = 0;

  const refresh = (): void => void document.body.dispatchEvent(new CustomEvent(CHANGED));
  const planned = new PlannedFiles(list, symbols, words, () => void replan());

  const showAll = (): void => {
    const moving = files.filter(({ isMoving }) => isMoving);
    const size = moving.reduce((sum, file) => sum + file.size, 0);
    const done = moving.reduce((sum, file) => sum + file.sent, 0);
    inAll.textContent = moving.length > 1 ? words("in_all", { count: moving.length, done: megabytes(done), size: megabytes(size) }) : "";
    sending.hidden = sending.childElementCount === 0;
  };

  const next = (): void => {
    while (running < AT_ONCE && waiting.length > 0) {
      const file = waiting.shift() as IncomingFile;
      running += 1;
      void file.run().finally(() => {
        running -= 1;
        next();
      });
    }
    showAll();
  };

  const begin = (what: Begin, row: Row): void => {
    const file = new IncomingFile(what, row, {
      words,
      changed: showAll,
      owns(record) {
        owned.add(record);
        hideOwned();
      },
      gone(ended) {
        // The server's own row takes over; this one goes when that one stands.
        files.splice(files.indexOf(ended), 1);
        document.body.addEventListener("htmx:afterSettle", () => { ended.row.item.remove(); showAll(); }, { once: true });
        for (const record of [...owned]) if (!files.some((one) => one.holds(record))) owned.delete(record);
        refresh();
      },
    });
    files.push(file);
    waiting.push(file);
    sending.append(row.item);
    next();
  };

  const hideOwned = (): void => {
    for (const row of document.querySelectorAll<HTMLElement>("#incoming-stored > [data-record]"))
      row.hidden = owned.has(row.dataset["record"] ?? "");
    const stored = document.getElementById("incoming-stored");
    if (stored) stored.hidden = !stored.querySelector(":scope > :not([hidden])");
  };
  document.body.addEventListener("htmx:afterSettle", hideOwned);

  const replan = async (): Promise<void> => {
    if (planned.all.length === 0) {
      showStart();
      return;
    }
    try {
      const asked = planned.all.map(({ file: { name, size }, slot, supersedes }) => ({ name, size, slot, supersedes }));
      planned.show(await plan(place.dataset["sorted"] ?? "", place.dataset["csrf"] ?? "", asked));
    } catch (trouble) {
      const why = trouble instanceof Refusal && trouble.status === 401 ? words("signed_out") : trouble instanceof Refusal && trouble.text ? trouble.text : words("no_answer");
      for (const { row } of planned.all) {
        row.say(why);
        row.offer({ text: words("try_again"), act: () => void replan() });
      }
    }
    showStart();
  };

  const showStart = (): void => {
    const count = planned.startable.length;
    starting.hidden = planned.all.length === 0;
    if (count === 0) {
      starting.replaceChildren(element("span", { class: "hint" }, words("nothing_to_start")));
      return;
    }
    const button = element("button", { type: "button", class: "primary" }, count === 1 ? words("start_one") : words("start_many", { count }));
    button.addEventListener("click", start);
    starting.replaceChildren(button);
  };

  const start = (): void => {
    for (const { begin: what, row } of planned.take(collection)) begin(what, row);
    void replan();
  };

  /** Goes on with an upload that a reload or a closed page interrupted, when this is its file. */
  const resumed = async (file: File): Promise<boolean> => {
    for (const one of begun().filter((known) => known.collection === collection && known.size === file.size && !owned.has(known.record))) {
      const sha256 = await sha256Of(file, () => undefined).catch(() => "");
      if (sha256 !== one.sha256) continue;
      const upload = await openUploadOf(one.record).catch(() => null);
      if (!upload) {
        forget(one.record);
        continue;
      }
      begin(
        { file, collection, slot: "", supersedes: "", companions: [], resumes: { record: one.record, url: upload.url, sha256 } },
        new Row(file.name, file.size, symbols),
      );
      return true;
    }
    return false;
  };

  const add = async (given: File[], slot = ""): Promise<void> => {
    if (given.length > MOST_FILES) {
      inAll.textContent = words("too_many_files", { count: given.length, limit: MOST_FILES });
      return;
    }
    if (given.length === 0) {
      inAll.textContent = words("empty_folder");
      return;
    }
    inAll.textContent = "";
    let isNew = false;
    for (const file of given) {
      if (await resumed(file)) continue;
      planned.add(file, slot);
      isNew = true;
    }
    if (!isNew) return;
    await replan();
    // A person who pressed a place's own button has said where it goes; only a doubt asks once more.
    if (slot && given.length === 1 && planned.all.length === 1 && planned.all[0]?.plan?.can_start && !planned.all[0].plan.supersedes) start();
  };

  const choose = (options: { folder?: boolean; many?: boolean; chosen: (given: File[]) => void }): void => {
    const input = element("input", { type: "file" });
    input.multiple = options.many ?? false;
    input.webkitdirectory = options.folder ?? false;
    input.addEventListener("change", () => options.chosen(wanted([...(input.files ?? [])])));
    input.click();
  };

  /** A file for a row that waits or was refused. */
  const chooseFor = async (record: string, slot: string, state: string, file: File): Promise<void> => {
    if (state === "awaiting") {
      if (await resumed(file)) return;
      const upload = await openUploadOf(record).catch(() => null);
      if (upload?.size === file.size) {
        begin({ file, collection, slot, supersedes: "", companions: [], resumes: { record, url: upload.url } }, new Row(file.name, file.size, symbols));
        return;
      }
      inAll.textContent = words("other_file");
    }
    begin({ file, collection, slot, supersedes: "", companions: [], instead: record }, new Row(file.name, file.size, symbols));
  };

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-add], [data-choose], [data-act]") : null;
    if (!button) return;
    const { add: slot, choose: record, act } = button.dataset;
    if (slot) choose({ chosen: (given) => void add(given, slot), many: false });
    else if (record) {
      const row = button.closest<HTMLElement>("li");
      choose({ chosen: ([file]) => file && void chooseFor(record, button.dataset["slot"] ?? "", row?.dataset["state"] ?? "", file) });
    } else if (act === "files") choose({ many: true, chosen: (given) => void add(given) });
    else if (act === "folder") choose({ folder: true, many: true, chosen: (given) => void add(given) });
  });

  // The whole page takes a drop: a file that misses the box must not open instead of the page.
  let inside = 0;
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  document.addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) drop.toggleAttribute("data-over", ++inside > 0);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) drop.toggleAttribute("data-over", --inside > 0);
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    inside = 0;
    drop.removeAttribute("data-over");
    const slot = event.target instanceof Element ? event.target.closest<HTMLElement>(".slot[data-slot]")?.dataset["slot"] : "";
    void filesIn(event.dataTransfer).then((given) => add(given, given.length === 1 ? slot : ""));
  });
  window.addEventListener("beforeunload", (event) => {
    if (files.some(({ isMoving }) => isMoving)) event.preventDefault();
  });
  window.addEventListener("online", () => {
    for (const file of files) file.wake();
  });
}
