//! An output that a command adds to an encoder's graph that is there already.

use anyhow::{Context, Result, ensure};
use hearsight::onnx::{self, GraphBuilder, ModelProto};

use crate::looking::MEMORY;

/// Adds the output `name` by `emit`, in the place of one that is there and of all that only that one needed.
///
/// # Errors
/// A graph without the memory, or of a later version of ONNX's operators than 17; what `emit` did wrong.
pub fn add_output(model: &mut ModelProto, name: &str, emit: impl FnOnce(&mut GraphBuilder)) -> Result<()> {
    let is_new = |opset: &onnx::OperatorSetIdProto| {
        opset.domain.as_deref().unwrap_or_default().is_empty() && opset.version.unwrap_or(0) > 17
    };
    ensure!(
        !model.opset_import.iter().any(is_new),
        "the encoder has operators of a version later than 17"
    );
    onnx::keep_outputs(model, |output| output != name);
    let graph = model.graph.take().context("the encoder has no graph")?;
    ensure!(
        graph.output.iter().any(|output| output.name() == MEMORY),
        "the encoder has no output {MEMORY}"
    );
    let mut g = GraphBuilder::going_on(graph);
    emit(&mut g);
    model.graph = Some(g.finish_graph()?);
    Ok(())
}
