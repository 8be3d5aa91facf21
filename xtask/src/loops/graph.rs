//! Arrows between named nodes, and the loops among them.

use std::collections::{BTreeMap, BTreeSet};

/// A directed graph of the children of one folder.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    arrows: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(nodes: &'a [String]) -> Self {
        Self { arrows: nodes.iter().map(|node| (node.as_str(), BTreeSet::new())).collect() }
    }

    /// Draws an arrow, if both ends are nodes and differ.
    pub(super) fn connect(&mut self, from: &str, to: &'a str) {
        if from != to
            && self.arrows.contains_key(to)
            && let Some(arrows) = self.arrows.get_mut(from)
        {
            arrows.insert(to);
        }
    }

    /// The nodes that reach each other, in groups of two or more, the largest group first.
    pub(super) fn loops(&self) -> Vec<Vec<String>> {
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            self.arrows.keys().map(|node| (*node, self.reachable(node))).collect();
        let mut seen = BTreeSet::new();
        let mut loops = Vec::new();
        for (node, reached) in &reach {
            if !reached.contains(node) || !seen.insert(*node) {
                continue;
            }
            let members: Vec<&str> =
                reached.iter().copied().filter(|other| reach[other].contains(node)).collect();
            seen.extend(&members);
            loops.push(members.into_iter().map(str::to_owned).collect());
        }
        loops.sort_by_key(|members: &Vec<String>| std::cmp::Reverse(members.len()));
        loops
    }

    /// Every node at the end of a path of at least one arrow from `start`.
    fn reachable(&self, start: &str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![start];
        while let Some(node) = waiting.pop() {
            for next in &self.arrows[node] {
                if reached.insert(*next) {
                    waiting.push(next);
                }
            }
        }
        reached
    }
}
