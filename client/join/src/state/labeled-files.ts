/** Labels of picked files: by the name of the folder that a file lies in, else the chosen one. */

/** Files of other kinds, and those that systems hide, are left out. */
export function labeledFiles(
  files: readonly File[],
  labels: readonly string[],
  chosen: number,
): { readonly file: File; readonly label: number }[] {
  const numbers = new Map(labels.map((label, i) => [label.toLowerCase(), i]));
  return files.filter(isPicture).map((file) => {
    const folder = file.webkitRelativePath.split('/').at(-2)?.toLowerCase() ?? '';
    return { file, label: numbers.get(folder) ?? chosen };
  });
}

function isPicture({ name, type }: File): boolean {
  return !name.startsWith('.') && type.startsWith('image/');
}
