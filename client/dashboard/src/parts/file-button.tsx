/** A button that takes a file. */
interface FileButtonProps {
  readonly label: string;
  /** Endings of names, with commas. */
  readonly accept: string;
  readonly disabled?: boolean;
  readonly onFile: (file: File) => void;
}

export function FileButton({ label, accept, disabled = false, onFile }: FileButtonProps) {
  return (
    <label class="button file" data-disabled={disabled || undefined}>
      {label}
      <input
        type="file"
        accept={accept}
        disabled={disabled}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          // The same file may be taken again after it was changed.
          event.currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
