// Files for a comment: chosen, dropped on its form or pasted into its text. Only then the upload library comes.
import { element } from "../markup";

/** Every place of the page that takes files for a comment; none leaves without a file that is still on its way. */
export function takeCommentFiles(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-attach]")) takeFor(box);
  // However it is sent.
  document.addEventListener("submit", holdWhileSending, { capture: true });
}

function takeFor(box: HTMLElement): void {
  const around = box.closest("form");
  const take = (files: FileList | null | undefined): boolean => {
    const given = [...(files ?? [])];
    if (given.length === 0) return false;
    // Held from now on, not from when the library is there.
    box.setAttribute("data-sending", "");
    import("./attach").then(
      ({ attachFiles }) => attachFiles(box, given),
      () => void box.querySelector("ul")?.append(element("li", {}, box.dataset["wordFailed"] ?? "")),
    ).finally(() => box.removeAttribute("data-sending"));
    return true;
  };
  box.hidden = false;
  box.querySelector("input")?.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    take(input.files);
    input.value = "";
  });
  // Also one that stands there from before, in a comment that was refused.
  box.addEventListener("click", (event) => {
    const remove = (event.target as Element | null)?.closest("li button");
    if (!remove) return;
    remove.closest("li")?.remove();
    box.querySelector("input")?.focus();
  });
  around?.addEventListener("dragover", (event) => event.preventDefault());
  around?.addEventListener("drop", (event) => {
    if (take(event.dataTransfer?.files)) event.preventDefault();
  });
  around?.addEventListener("paste", (event) => {
    // Who copies cells or a paragraph means the words, not the picture of them that comes along.
    if (event.clipboardData?.types.includes("text/plain")) return;
    if (take(event.clipboardData?.files)) event.preventDefault();
  });
}

function holdWhileSending(event: Event): void {
  const sending = (event.target as HTMLFormElement).querySelector("[data-sending]");
  if (!sending) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sending.scrollIntoView({ block: "nearest" });
}
