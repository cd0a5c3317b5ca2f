"""Every system that the paper names, a line each.

A new one takes a file in :mod:`adgan.methods` and a line here; ``docs/benchmark.md`` shows how.
"""

from adgan.bench.learners import supervised, two_stage
from adgan.bench.outside import fit_cellprofiler, fit_nnunet, missing
from adgan.bench.plain import fit_otsu, fit_squassh
from adgan.bench.system import System
from adgan.bench.translators import fit_adgan, rival, train_adgan, translator
from adgan.methods.cyclegan import CycleGAN
from adgan.methods.drit import DRIT
from adgan.methods.munit import MUNIT
from adgan.methods.spcyclegan import SpCycleGAN
from adgan.methods.supervised import DEEPSYNTH, TRANSUNET, UNET
from adgan.methods.udct import UDCT
from adgan.methods.ufdn import UFDN

FLAT = (2,)
"""Ranks of what was made for images alone."""
METHODS: dict[str, System] = {
    "otsu": System("Otsu + watershed", "plain", fit_otsu, ours=False),
    "squassh": System("Squassh", "plain", fit_squassh),
    "cellprofiler": System(
        "CellProfiler", "plain", fit_cellprofiler, missing=missing("cellprofiler"), ours=False
    ),
    "cyclegan": System("CycleGAN", "unsupervised", translator(rival(CycleGAN))),
    "munit": System("MUNIT", "unsupervised", translator(rival(MUNIT)), FLAT),
    "drit": System("DRIT", "unsupervised", translator(rival(DRIT)), FLAT),
    "ufdn": System("UFDN", "unsupervised", translator(rival(UFDN)), FLAT),
    "udct": System("UDCT", "unsupervised", translator(rival(UDCT)), FLAT),
    "spcyclegan": System("SpCycleGAN", "unsupervised", translator(rival(SpCycleGAN))),
    "adgan": System("AD-GAN", "unsupervised", fit_adgan),
    "cgunet": System("CGU-net", "two-stage", two_stage(rival(CycleGAN), UNET), FLAT),
    "deepsynth": System("DeepSynth", "two-stage", two_stage(rival(SpCycleGAN), DEEPSYNTH)),
    "cyclegan-transunet": System(
        "CycleGAN, TransUNet", "two-stage", two_stage(rival(CycleGAN), TRANSUNET)
    ),
    "adgan-unet": System("AD-GAN, U-Net", "two-stage", two_stage(train_adgan, UNET)),
    "adgan-transunet": System("AD-GAN, TransUNet", "two-stage", two_stage(train_adgan, TRANSUNET)),
    "unet": System("U-Net", "supervised", supervised(UNET)),
    "nnunet": System("nnU-Net", "supervised", fit_nnunet, missing=missing("nnunet"), ours=False),
    "transunet": System("TransUNet", "supervised", supervised(TRANSUNET)),
}
