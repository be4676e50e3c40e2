/** Constants of nature that results depend on, each with unit and source. Changing a digit here changes results. */

/** Boltzmann constant, eV/K (CODATA 2018, exact by the SI of 2019 to the digits given). */
export const BOLTZMANN_EV_K = 8.617333262e-5;

/** Boltzmann constant, J/K (exact, SI 2019). */
export const BOLTZMANN_J_K = 1.380649e-23;

/** Elementary charge, C (exact, SI 2019). */
export const ELEMENTARY_CHARGE_C = 1.602176634e-19;

/** Atomic mass constant, kg (CODATA 2018). */
export const ATOMIC_MASS_KG = 1.6605390666e-27;

/** 1 eV/Å³ in GPa: the elementary charge times 10²¹. */
export const GPA_PER_EV_A3 = 160.2176634;
