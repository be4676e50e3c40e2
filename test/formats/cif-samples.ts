/** CIF files for the tests: crystals whose cells are known from elsewhere. */

/** Wurtzite: P6₃mc with all operations, both kinds of atoms on 2b (1/3, 2/3, z), coordinates rounded as files round them. */
export const WURTZITE = `# from a laboratory
data_ZnO
_audit_creation_method 'by hand; it''s "quoted"'
_publ_section_title
;
 A title with # no comment, data_ no block
 and _no tag
;
_cell_length_a    3.2495(1)
_cell_length_b    3.2495(1)
_cell_length_c    5.2069(2)
_cell_angle_alpha 90
_cell_angle_beta  90.0
_cell_angle_gamma 120
_symmetry_space_group_name_H-M 'P 63 m c'
_symmetry_Int_Tables_number 186
loop_
_symmetry_equiv_pos_site_id
_symmetry_equiv_pos_as_xyz
1 'x, y, z'
2 '-y, x-y, z'
3 '-x+y, -x, z'
4 '-x, -y, z+1/2'
5 'y, -x+y, 1/2+z'
6 'x-y, x, z+0.5'
7 '-y, -x, z'
8 '-x+y, y, z'
9 'x, x-y, z'
10 'y, x, z+1/2'
11 'x-y, -y, z+1/2'
12 '-x, -x+y, z+1/2'
loop_
_atom_site_label _atom_site_type_symbol
_atom_site_fract_x _atom_site_fract_y _atom_site_fract_z
_atom_site_occupancy _atom_site_U_iso_or_equiv
Zn1 Zn2+ 0.3333 0.6667 0 1 0.01
O1 O2- .33330(5) 0.66670(5) 0.3817(3) 1.000 ?
`;

const sites = (rows: string): string => `loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
${rows}
`;

const cubic = (a: number): string => `_cell_length_a ${a}
_cell_length_b ${a}
_cell_length_c ${a}
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
`;

/** Argyrodite by its symbol alone: no operations are listed. */
export const ARGYRODITE = `data_argyrodite
${cubic(10.25)}_space_group_name_H-M_alt 'F -4 3 m'
_space_group_IT_number 216
${sites(`Li1 0.25 0.25 0.018
P1 0.5 0.5 0.5
S1 0.25 0.25 0.25
S2 0.6155 0.6155 0.6155
Cl1 0 0 0`)}`;

/** Diamond, of which the number alone leaves two origins open. */
export const diamond = (names: string, site: string): string =>
  `data_C\n${cubic(3.567)}${names}\n${sites(`C1 ${site}`)}`;

/** Triclinic, no symmetry, two blocks of which the first has no atoms. */
export const TRICLINIC = `data_global
_journal_name_full 'Some Journal'
data_one
_cell.length_a 4
_cell.length_b 5
_cell.length_c 6
_cell.angle_alpha 80
_cell.angle_beta 85
_cell.angle_gamma 95
loop_
_space_group_symop.operation_xyz
x,y,z
loop_
_atom_site.type_symbol
_atom_site.fract_x
_atom_site.fract_y
_atom_site.fract_z
Li 0.1 0.2 0.3
LI -0.25 1.5 0.75
`;
