"""All systems of the paper, and parts of this package, one line each.

A new system needs a file in :mod:`adgan_bench.rivals` and a line here, see ``docs/benchmark.md``.
"""

from adgan_bench.learners import supervised, two_stage
from adgan_bench.ours import fit_built_in, fit_paper_mask, fit_student
from adgan_bench.outside import fit_cellprofiler, fit_nnunet, missing
from adgan_bench.plain import fit_otsu, fit_squassh
from adgan_bench.rivals.cyclegan import CycleGAN
from adgan_bench.rivals.drit import DRIT
from adgan_bench.rivals.munit import MUNIT
from adgan_bench.rivals.spcyclegan import SpCycleGAN
from adgan_bench.rivals.supervised import DEEPSYNTH, TRANSUNET, UNET
from adgan_bench.rivals.udct import UDCT
from adgan_bench.rivals.ufdn import UFDN
from adgan_bench.system import System
from adgan_bench.translators import fit_adgan, rival, train_adgan, translator

IMAGES_ONLY = (2,)
"""Numbers of axes of systems that were made for images."""
METHODS: dict[str, System] = {
    "otsu": System("Otsu + watershed", "plain", fit_otsu, reimplemented=False),
    "squassh": System("Squassh", "plain", fit_squassh),
    "cellprofiler": System(
        "CellProfiler",
        "plain",
        fit_cellprofiler,
        missing=missing("cellprofiler"),
        reimplemented=False,
    ),
    "cyclegan": System("CycleGAN", "unsupervised", translator(rival(CycleGAN))),
    "munit": System("MUNIT", "unsupervised", translator(rival(MUNIT)), IMAGES_ONLY),
    "drit": System("DRIT", "unsupervised", translator(rival(DRIT)), IMAGES_ONLY),
    "ufdn": System("UFDN", "unsupervised", translator(rival(UFDN)), IMAGES_ONLY),
    "udct": System("UDCT", "unsupervised", translator(rival(UDCT)), IMAGES_ONLY),
    "spcyclegan": System("SpCycleGAN", "unsupervised", translator(rival(SpCycleGAN))),
    "built-in": System("built-in", "pretrained", fit_built_in, reimplemented=False),
    "adgan": System("AD-GAN", "unsupervised", fit_adgan),
    "adgan-mask": System("AD-GAN (paper's mask)", "unsupervised", fit_paper_mask),
    "student": System("student", "unsupervised", fit_student, reimplemented=False),
    "student-labels": System("student (labels)", "supervised", fit_student, reimplemented=False),
    "cgunet": System("CGU-net", "two-stage", two_stage(rival(CycleGAN), UNET), IMAGES_ONLY),
    "deepsynth": System("DeepSynth", "two-stage", two_stage(rival(SpCycleGAN), DEEPSYNTH)),
    "cyclegan-transunet": System(
        "CycleGAN, TransUNet", "two-stage", two_stage(rival(CycleGAN), TRANSUNET)
    ),
    "adgan-unet": System("AD-GAN, U-Net", "two-stage", two_stage(train_adgan, UNET)),
    "adgan-transunet": System("AD-GAN, TransUNet", "two-stage", two_stage(train_adgan, TRANSUNET)),
    "unet": System("U-Net", "supervised", supervised(UNET)),
    "nnunet": System(
        "nnU-Net", "supervised", fit_nnunet, missing=missing("nnunet"), reimplemented=False
    ),
    "transunet": System("TransUNet", "supervised", supervised(TRANSUNET)),
}
