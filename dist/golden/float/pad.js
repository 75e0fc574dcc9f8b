export const pad = (node, [x]) => {
    const [top, left] = node.attrs.padding;
    const [height, width, channels] = node.shape;
    const data = new Float64Array(height * width * channels);
    const [rows, columns] = x.shape;
    for (let y = 0; y < rows; y++)
        data.set(x.data.subarray(y * columns * channels, (y + 1) * columns * channels), ((y + top) * width + left) * channels);
    return { shape: node.shape, data };
};
