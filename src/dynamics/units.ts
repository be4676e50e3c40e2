/** Conversions within the units of molecular dynamics: eV, Å, fs, amu. */
import { ATOMIC_MASS_KG, ELEMENTARY_CHARGE_C } from '../numerics/physical-constants.ts';

/** 1 amu·Å²/fs² in eV, 103.64…: (Å/fs)² is 10¹⁰ m²/s². */
export const EV_PER_AMU_A2_FS2 = (ATOMIC_MASS_KG * 1e10) / ELEMENTARY_CHARGE_C;
