//! A step on several cores: each part of a batch on a replica of the net with one thread, and the mean of their gradients.
//! Within one step a second core helps little.

use anyhow::{Context, Result, anyhow};
use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor};

use crate::nets::captioner::CaptionerNet;

/// A thread for each replica.
pub struct Replicas {
    pools: Vec<rayon::ThreadPool>,
}

impl Replicas {
    /// Starts the threads: one pool of one thread a replica, so that what runs on it stays on its core.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn new(count: usize) -> Result<Self> {
        let pool = |index| {
            let name = move |_| format!("replica-{index}");
            rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(name)
                .build()
                .context("cannot start a thread")
        };
        Ok(Self {
            pools: (0..count).map(pool).collect::<Result<_>>()?,
        })
    }

    /// Adds `share` of the mean gradient over the parts to `sum`; `one` gives a part's loss, and something to say of it
    /// besides, which is given back in the order of the parts.
    ///
    /// # Errors
    /// Those of `one`.
    pub fn gradients<P: Sync, F: Send>(
        &self,
        net: &CaptionerNet,
        parts: &[P],
        share: f64,
        (device, sum): (&Device, &mut GradientsAccumulator<CaptionerNet>),
        one: impl Fn(&CaptionerNet, usize, &P) -> Result<(Tensor<1>, F)> + Sync,
    ) -> Result<Vec<F>> {
        let share = share / parts.len() as f64;
        let one = |number: usize, part: &P| -> Result<_> {
            // A fork has graph nodes of its own: replicas that shared them would wait for each other's backward pass.
            let replica = net.clone().fork(device);
            let (loss, said) = one(&replica, number, part)?;
            let grads = (loss * share).backward();
            Ok((GradientsParams::from_grads(grads, &replica), said))
        };
        let results = std::thread::scope(|scope| {
            let one = &one;
            let threads: Vec<_> = std::iter::zip(parts, &self.pools)
                .enumerate()
                .map(|(number, (part, pool))| scope.spawn(move || pool.install(|| one(number, part))))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().map_err(|_| anyhow!("a replica panicked")))
                .collect::<Vec<_>>()
        });
        let mut said = Vec::with_capacity(parts.len());
        for result in results {
            let (grads, figures) = result??;
            sum.accumulate(net, grads);
            said.push(figures);
        }
        Ok(said)
    }
}
