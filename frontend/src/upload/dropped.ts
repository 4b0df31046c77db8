// The files of a drop or a choice, folders opened; what systems leave in folders is not a file of anybody.

const LITTER = /^(\.|Thumbs\.db$|desktop\.ini$|__MACOSX$)/i;
const DEEPEST = 6;

/** Call it in the event itself: afterwards a browser has forgotten what was dropped. */
export async function filesIn(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null)) return wanted([...data.files]);
  const found = await Promise.all(entries.map((entry) => (entry ? under(entry, 0) : [])));
  return wanted(found.flat());
}

export const wanted = (files: File[]): File[] => files.filter(({ name }) => !LITTER.test(name));

async function under(entry: FileSystemEntry, depth: number): Promise<File[]> {
  if (LITTER.test(entry.name)) return [];
  if (entry.isFile) return [await new Promise<File>((yes, no) => (entry as FileSystemFileEntry).file(yes, no))];
  if (depth >= DEEPEST) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  // A directory gives its entries in parts, and says with an empty one that it is over.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((yes, no) => reader.readEntries(yes, no));
    if (part.length === 0) return found;
    for (const one of part) found.push(...(await under(one, depth + 1)));
  }
}
