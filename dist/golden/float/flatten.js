export const flatten = (node, [x]) => ({ shape: node.shape, data: x.data });
