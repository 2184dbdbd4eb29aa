/** Nine bits. */
const SET = [1, 0, 1, 1, 1, 0, 0, 1, 1];

export function Mark() {
  return (
    <svg class="bits-mark" viewBox="0 0 12 12" aria-hidden="true">
      {SET.map((bit, i) => (
        <rect
          key={i}
          x={(i % 3) * 4.2}
          y={Math.floor(i / 3) * 4.2}
          width="3.4"
          height="3.4"
          rx="0.9"
          opacity={bit ? 1 : 0.28}
        />
      ))}
    </svg>
  );
}
