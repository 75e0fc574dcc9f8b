export default {
    name: "tangnano20k",
    title: "Tang Nano 20K (Gowin GW2AR-18)",
    family: "gowin",
    device: {
        part: "GW2AR-LV18QN88C8/I7",
        pnr: { device: "GW2AR-LV18QN88C8/I7", package: "GW2A-18C" },
        resources: { lut: 20736, ff: 15552, bram: 46, dsp: 48 },
    },
    board: {
        source: "litex-hub/litex-boards, litex_boards/platforms/sipeed_tang_nano_20k.py",
        clock: { pin: "4", MHz: 27 },
        serial: { rxd: "70", txd: "69", baud: 115200 },
        led: { pin: "15", activeLow: true },
        button: { pin: "88", pull: "down" },
    },
};
