declare const _default: {
    name: string;
    title: string;
    family: "xc7";
    device: {
        part: string;
        resources: {
            lut: number;
            ff: number;
            bram: number;
            dsp: number;
        };
    };
    processor: {
        source: string;
        kind: "zynq-7000";
        MHz: number;
        boardPart: string;
        led: {
            pin: string;
            standard: string;
        };
    };
};
export default _default;
