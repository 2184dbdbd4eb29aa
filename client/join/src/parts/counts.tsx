/** Labels with a number each, and a bar as long as the number says. */
interface CountsProps {
  readonly rows: readonly {
    readonly label: string;
    readonly value: number;
    readonly text: string;
    readonly top?: boolean;
  }[];
  /** The value of a whole bar. */
  readonly most: number;
}

export function Counts({ rows, most }: CountsProps) {
  return (
    <ul class="counts">
      {rows.map(({ label, value, text, top }) => (
        <li key={label} class={top ? 'top' : ''}>
          <span>{label}</span>
          <span class="share-bar" aria-hidden="true">
            <span style={{ width: `${(100 * value) / Math.max(most, 1e-9)}%` }} />
          </span>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
