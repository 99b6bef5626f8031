import preset from '../jest.preset.mjs';
// Each file has a platform of its own and mostly waits for it, so two go side by side on two cores.
export default { ...preset, displayName: 'e2e', maxWorkers: 2 };
