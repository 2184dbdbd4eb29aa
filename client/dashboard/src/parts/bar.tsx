/** How much of something there is, as a bar. */
interface BarProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly text: string;
  readonly quiet?: boolean;
}

export function Bar({ label, value, most, text, quiet = false }: BarProps) {
  const share = most === 0 ? 0 : Math.min(1, value / most);
  return (
    <div
      class={quiet ? 'progress quiet' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={Math.min(value, most)}
      aria-valuetext={text}
    >
      <span style={{ width: `${100 * share}%` }} />
    </div>
  );
}
