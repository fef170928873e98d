"""Disclosure control: the only door between statistics and everything that is shown.

- `groups`: the tree of groups that results are about, and the categories of breakdowns.
- `values`: Shown | Suppressed. `limits`: the numbers of the rules.
- `piles`: the persons behind one cell, and whether they are fit to be known about (R2, R4).
- `told`: what a reader of a shown cell learns about the people in it.
- `suppression`: which groups of the tree may be shown for one variable (R2, R3, and the bounds of
  `bounds`); `rules` names why not.
- `breakdowns`: which categories may be shown beside the tree, by `overlaps` (R3, with `atoms`,
  `span`, `unions`, `proofs`) and `ranges` (bounds).
- `participation`: who may know how many took part (R7).
- `links`: what a scale gives away about its items.
- `detail` and `categories`: how much of a shown cell, rounded once (R5, R6).
- `results`: what a release holds for one group, and of comparisons, which `comparisons` works out
  from what is released (R6, R14), as `changes` does of waves (R11); `families`: adjusted p.
  `documents` and `comparison_documents`: the same in JSON.
"""
