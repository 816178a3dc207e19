//! Tokens, as all dialects count them.

/// What a request cost. Each figure is absent until a provider has told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Tokens of the prompt that no cache had a part in, as Messages counts them.
    pub(crate) uncached_input: Option<u64>,
    pub(crate) cache_read: Option<u64>,
    pub(crate) cache_write: Option<u64>,
    /// All that the model wrote, thoughts included.
    pub(crate) output: Option<u64>,
    pub(crate) reasoning: Option<u64>,
}

impl Usage {
    /// From OpenAI's way of counting, where the prompt includes what was cached (wire row 37).
    pub(crate) fn of_prompt(
        prompt: Option<u64>,
        cache_read: Option<u64>,
        cache_write: Option<u64>,
    ) -> Self {
        let cached = cache_read
            .unwrap_or(0)
            .saturating_add(cache_write.unwrap_or(0));
        Self {
            uncached_input: prompt.map(|prompt| prompt.saturating_sub(cached)),
            cache_read,
            cache_write,
            ..Self::default()
        }
    }

    /// The whole prompt, as OpenAI counts it (wire row 36).
    pub(crate) fn prompt(&self) -> u64 {
        [self.uncached_input, self.cache_read, self.cache_write]
            .into_iter()
            .flatten()
            .fold(0, u64::saturating_add)
    }

    /// Takes over what `later` tells; figures are totals and never added up (wire row 38).
    pub(crate) fn update(&mut self, later: Self) {
        self.uncached_input = later.uncached_input.or(self.uncached_input);
        self.cache_read = later.cache_read.or(self.cache_read);
        self.cache_write = later.cache_write.or(self.cache_write);
        self.output = later.output.or(self.output);
        self.reasoning = later.reasoning.or(self.reasoning);
    }

    /// Whether a provider has told anything.
    pub(crate) fn is_known(&self) -> bool {
        self.uncached_input.is_some() || self.output.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_counting_agree() {
        let usage = Usage::of_prompt(Some(25), Some(16), Some(2));
        assert_eq!(usage.uncached_input, Some(7));
        assert_eq!(usage.prompt(), 25);
        assert_eq!(
            Usage::of_prompt(Some(1), Some(9), None).uncached_input,
            Some(0)
        );
    }

    #[test]
    fn later_figures_take_the_place_of_earlier_ones() {
        let mut usage = Usage {
            output: Some(1),
            cache_read: Some(3),
            ..Usage::default()
        };
        usage.update(Usage {
            output: Some(9),
            ..Usage::default()
        });
        assert_eq!((usage.output, usage.cache_read), (Some(9), Some(3)));
    }
}
