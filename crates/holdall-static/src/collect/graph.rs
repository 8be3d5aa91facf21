//! In which order files get their names: what a file refers to comes before the file.

/// The strongly connected components of a graph, what is referred to before what refers to it. A component of
/// several files is a circle of references; its members are in ascending order.
///
/// Tarjan's algorithm, without recursion: a chain of a hundred thousand imports must not end the stack.
pub(crate) fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut index = vec![NEW; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let mut stack = Vec::new();
    let mut found = Vec::new();
    let mut next = 0;
    for root in 0..edges.len() {
        if index[root] != NEW {
            continue;
        }
        // A node and how many of its edges have been followed.
        let mut path = vec![(root, 0)];
        while let Some((node, followed)) = path.last_mut() {
            let node = *node;
            if *followed == 0 {
                (index[node], low[node]) = (next, next);
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&to) = edges[node].get(*followed) {
                *followed += 1;
                if index[to] == NEW {
                    path.push((to, 0));
                } else if on_stack[to] {
                    low[node] = low[node].min(index[to]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == index[node] {
                let start = stack.iter().rposition(|&member| member == node).unwrap_or_default();
                let mut component = stack.split_off(start);
                for &member in &component {
                    on_stack[member] = false;
                }
                component.sort_unstable();
                found.push(component);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::components;

    #[test]
    fn what_is_referred_to_comes_first() {
        assert_eq!(components(&[vec![1], vec![2], vec![]]), [vec![2], vec![1], vec![0]]);
        assert_eq!(components(&[vec![1], vec![0, 2], vec![]]), [vec![2], vec![0, 1]]);
        assert_eq!(components(&[vec![0]]), [vec![0]]);
        assert_eq!(components(&[]), Vec::<Vec<usize>>::new());
        // A chain that recursion would not survive.
        let chain: Vec<Vec<usize>> = (1..=200_000).map(|next| vec![next]).chain([vec![]]).collect();
        assert_eq!(components(&chain).len(), 200_001);
    }

    proptest! {
        #[test]
        fn components_are_the_circles(edges in prop::collection::vec(prop::collection::vec(0_usize..12, 0..4), 12)) {
            let mut reach: Vec<Vec<bool>> = (0..12).map(|from| (0..12).map(|to| edges[from].contains(&to)).collect()).collect();
            for via in 0..12 {
                for from in 0..12 {
                    for to in 0..12 {
                        reach[from][to] |= reach[from][via] && reach[via][to];
                    }
                }
            }
            let found = components(&edges);
            prop_assert_eq!(found.concat().len(), 12);
            let pairs = || (0..12).flat_map(|from| (0..12).map(move |to| (from, to)));
            let at = |node: usize| found.iter().position(|component| component.contains(&node)).unwrap();
            for (from, to) in pairs() {
                let together = from == to || (reach[from][to] && reach[to][from]);
                prop_assert_eq!(at(from) == at(to), together);
                prop_assert!(!reach[from][to] || at(to) <= at(from));
            }
        }
    }
}
