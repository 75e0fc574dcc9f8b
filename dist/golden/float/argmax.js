export const argmax = (node, [x]) => {
    const { data } = x;
    let best = 0;
    for (let i = 1; i < data.length; i++)
        if (data[i] > data[best])
            best = i;
    return { shape: node.shape, data: Float64Array.of(best) };
};
