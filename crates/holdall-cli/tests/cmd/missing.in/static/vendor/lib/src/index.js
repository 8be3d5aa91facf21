export * from './a';
export * from './b';
export * from './c';
export * from 'd';
import './core/e';
