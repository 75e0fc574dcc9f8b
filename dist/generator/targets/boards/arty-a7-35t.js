export default {
    name: "arty-a7-35t",
    title: "Arty A7-35T (AMD Artix-7)",
    family: "xc7",
    device: { part: "xc7a35ticsg324-1L", resources: { lut: 20800, ff: 41600, bram: 100, dsp: 90 } },
    board: {
        source: "Digilent/digilent-xdc, Arty-A7-35-Master.xdc",
        clock: { pin: "E3", MHz: 100 },
        serial: { rxd: "A9", txd: "D10", baud: 115200 },
        led: { pin: "H5" },
        button: { pin: "D9" },
    },
};
