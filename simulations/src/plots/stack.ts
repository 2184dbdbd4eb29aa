/** Pictures one below the other, as one picture. */
export interface StackedPicture {
  /** An SVG document. */
  readonly svg: string;
  /** In pixels. */
  readonly height: number;
}

/** @param width of the widest, in pixels */
export function stackPictures(pictures: readonly StackedPicture[], width: number): string {
  let y = 0;
  const placed = pictures.map(({ svg, height }) => {
    const at = y;
    y += height;
    return svg.replace('<svg', `<svg x="0" y="${at}"`);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">`,
    `<rect width="${width}" height="${y}" fill="white"/>`,
    ...placed,
    '</svg>',
  ].join('\n');
}
