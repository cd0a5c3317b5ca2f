import pytest
import torch
from lightning_fabric import Fabric

from adgan.errors import AdganError
from adgan.image.batches import Batches
from adgan.image.parts import measure_parts
from adgan.models.build import build_scene
from adgan.recipe.groups import DataSettings
from adgan.runs import STATE
from adgan.runs.tensors import load_tensors, save_tensors
from adgan.synth.masks import semantic_mask
from adgan.training.trainer import Trainer

ABLATIONS = {
    "without L_rec": {"loss": {"reconstruction": 0.0}},
    "without L_ctr": {"loss": {"content": 0.0}},
    "without L_cyc": {"loss": {"cycle": 0.0}},
    "without AdaIN in the encoder": {"network": {"styled_encoder": False}},
    "without aligned training": {"loss": {"aligned": False}},
    "with the log form": {"loss": {"adversarial": "log"}},
    "with noise": {"loss": {"noise": 0.2}},
}


@pytest.fixture(scope="module")
def batches(tiny, images):
    recipe = tiny()
    working = [
        measure_parts(image, recipe.scales(), DataSettings(even=None), (1.0, 1.0)).prepare().working
        for image in images
    ]
    return Batches(working, build_scene(recipe), semantic_mask, (32, 32), 2, 0, (1.0, 1.0))


def trainer_of(recipe):
    return Trainer(recipe, Fabric(accelerator="cpu", devices=1))


def after(trainer, batches, steps=1):
    """Parameters and losses after some steps."""
    losses = [trainer.step(batches.draw(k), k, 1e-3)[0] for k in range(steps)]
    return {k: v.clone() for k, v in trainer.generator.state_dict().items()}, losses


@pytest.mark.parametrize("change", ABLATIONS.values(), ids=ABLATIONS)
def test_each_ablation_changes_the_step(change, tiny, batches):
    plain = {"loss": {"noise": 0.0}}
    full, _ = after(trainer_of(tiny(plain)), batches)
    ablated, _ = after(trainer_of(tiny(plain | change)), batches)
    assert any(not full[name].equal(ablated[name]) for name in full)


def changed(start, end, part):
    return [name for name in start if name.startswith(part) and not start[name].equal(end[name])]


def test_without_reconstruction_the_aligned_decoder_learns_nothing(tiny, batches):
    recipe = tiny({"loss": {"reconstruction": 0.0}, "schedule": {"decay": 0.0}})
    start = trainer_of(recipe).generator.state_dict()
    end, _ = after(trainer_of(recipe), batches)
    assert not changed(start, end, "decoder")
    assert changed(start, end, "encoder.stem")


def test_a_plain_encoder_trains_no_style(tiny, batches):
    recipe = tiny({"network": {"styled_encoder": False}})
    start = trainer_of(recipe).generator.state_dict()
    end, _ = after(trainer_of(recipe), batches)
    assert not changed(start, end, "encoder.style")
    assert changed(start, end, "decoder.style")


def test_losses_are_those_before_the_step_and_the_discriminator_learns(tiny, batches):
    trainer = trainer_of(tiny())
    before = {k: v.clone() for k, v in trainer.discriminator.state_dict().items()}
    _, (losses,) = after(trainer, batches)
    assert list(losses) == ["rec", "adv", "ctr", "cyc", "dim", "dis"]
    assert losses["dis"] == pytest.approx(1, abs=0.2)  # untrained logits are near 0
    assert len(changed(before, trainer.discriminator.state_dict(), "")) == len(before)


def test_the_rate_is_that_of_the_step(tiny, batches):
    trainer = trainer_of(tiny({"schedule": {"decay": 0.0}}))
    start = {k: v.clone() for k, v in trainer.generator.state_dict().items()}
    trainer.step(batches.draw(0), 0, 0.0)
    assert not changed(start, trainer.generator.state_dict(), "")
    trainer.step(batches.draw(0), 1, 1e-3)
    assert changed(start, trainer.generator.state_dict(), "encoder")


def test_a_restored_trainer_goes_on_exactly(tiny, batches, tmp_path):
    one = trainer_of(tiny({"loss": {"history": 3}}))
    after(one, batches, 3)
    one.save(tmp_path, 3)
    other = trainer_of(tiny({"loss": {"history": 3}}))
    assert Trainer.saved_step(tmp_path) == 3
    other.restore(tmp_path)
    for step in (3, 4):
        losses = [t.step(batches.draw(step), step, 1e-3)[0] for t in (one, other)]
        assert losses[0] == losses[1]
    for a, b in zip(one.discriminator.parameters(), other.discriminator.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_folder_without_state_starts_at_nought(tmp_path):
    assert Trainer.saved_step(tmp_path) == 0


def without(name):
    return lambda state: state.pop(name)


def put(name, tensor):
    return lambda state: state.update({name: tensor})


@pytest.mark.parametrize(
    "damage",
    [
        without("generator.decoder.head.weight"),
        without("discriminator_optimiser.0.exp_avg"),
        put("optimiser.0.exp_avg", torch.zeros(3)),
        put("optimiser.0.step", torch.zeros(3)),
        put("optimiser.999.step", torch.zeros(1)),
        put("optimiser.odd", torch.zeros(1)),
        put("history.0", torch.zeros(2, 1, 8, 8)),
        put("history.0", torch.zeros(51, 1, 32, 32)),
        put("discriminator.more", torch.zeros(2)),
    ],
)
def test_a_state_of_another_run_is_refused(damage, tiny, batches, tmp_path):
    trainer = trainer_of(tiny())
    trainer.step(batches.draw(0), 0, 1e-3)
    trainer.save(tmp_path, 1)
    state = load_tensors(tmp_path / STATE)
    damage(state)
    save_tensors(tmp_path / STATE, state)
    with pytest.raises(AdganError, match=r"state.safetensors (is damaged|does not fit)"):
        trainer_of(tiny()).restore(tmp_path)


@pytest.mark.parametrize(
    "step", [None, torch.tensor(1.5), torch.tensor(-1), torch.tensor([1, 2]), torch.tensor(True)]
)
def test_a_state_says_its_step(step, tmp_path):
    save_tensors(
        tmp_path / STATE, {"other": torch.zeros(1)} | ({} if step is None else {"step": step})
    )
    with pytest.raises(AdganError, match="state.safetensors is damaged"):
        Trainer.saved_step(tmp_path)
