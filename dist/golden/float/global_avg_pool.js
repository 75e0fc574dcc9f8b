export const globalAvgPool = (node, [x]) => {
    const channels = node.shape[2];
    const sum = new Float64Array(channels);
    for (let i = 0; i < x.data.length; i++)
        sum[i % channels] = sum[i % channels] + x.data[i];
    return { shape: node.shape, data: sum.map((s) => s / (x.data.length / channels)) };
};
