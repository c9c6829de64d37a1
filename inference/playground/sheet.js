/** Many small pictures in one image, cell by cell. */
export class Sheet {
  constructor(image, { columns, side }) {
    Object.assign(this, { image, columns, side });
  }

  static async load(sheet) {
    const image = Object.assign(new Image(), { src: sheet.url });
    await image.decode();
    return new Sheet(image, sheet);
  }

  /** A picture as an element. */
  cell(index, name) {
    const { side, columns } = this;
    const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', name);
    canvas.title = name;
    const [x, y] = [(index % columns) * side, Math.floor(index / columns) * side];
    canvas.getContext('2d').drawImage(this.image, x, y, side, side, 0, 0, side, side);
    return canvas;
  }
}
