// A bare number that names one tooth in FDI and another in Universal is asked about before the comment goes.
import { element } from "../markup";
import { bring, readWords } from "../words";
import { allWritten, ambiguous } from "../viewer/tools/teeth/notation";
import { TOOL_ENGLISH } from "../viewer/tools/tool-words";

bring(TOOL_ENGLISH);

const settled = new WeakMap<HTMLElement, Set<string>>();

/** Whether the form may go now; where it may not, the question stands below the text and the form goes once it is answered. */
export function asksForTeeth(form: HTMLFormElement): boolean {
  const field = form.querySelector<HTMLTextAreaElement | HTMLInputElement>("[name=text]");
  if (!field) return false;
  const known = settled.get(field) ?? new Set<string>();
  settled.set(field, known);
  const open = ambiguous(field.value).find(({ number, at }) => !known.has(`${number}@${at}`));
  form.querySelector(".which-tooth")?.remove();
  if (!open) return false;

  const words = readWords(document);
  const { number, other, at } = open;
  const choose = (tooth: number | null): void => {
    if (tooth === null) known.add(`${number}@${at}`);
    else field.value = `${field.value.slice(0, at)}${tooth} (FDI)${field.value.slice(at + String(number).length)}`;
    form.requestSubmit();
  };
  const button = (label: string, tooth: number | null): HTMLElement => {
    const made = element("button", { type: "button", class: "small" }, label);
    made.addEventListener("click", () => choose(tooth));
    return made;
  };
  const first = button(allWritten(number), number);
  form.append(
    element(
      "div",
      { class: "which-tooth stack", role: "group", "aria-label": words("teeth.which", { number }) },
      element("b", {}, words("teeth.which", { number })),
      first,
      button(allWritten(other), other),
      button(words("teeth.no_tooth"), null),
    ),
  );
  first.focus();
  return true;
}
