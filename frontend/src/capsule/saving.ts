// A part as a file of its own: a signed decision, which `arcada verify` checks.
import type { Parts } from "./parts";

/** Buttons name the part and the file; one that was changed is not given out. */
export function saveParts(page: Document, parts: Parts): void {
  page.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-save-part]");
    const id = button?.dataset["savePart"];
    if (!button || !id) return;
    void parts.open(id).then(
      (bytes) => {
        const address = URL.createObjectURL(new Blob([bytes]));
        Object.assign(page.createElement("a"), { href: address, download: button.dataset["name"] ?? id }).click();
        setTimeout(() => URL.revokeObjectURL(address), 10_000);
      },
      () => button.setAttribute("disabled", ""),
    );
  });
}
